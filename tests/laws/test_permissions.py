"""What persons may be processed for: laws of the derivation, and a slow reference in plain Python beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tillid.governance.ledgers import CARRIED, DATA_SUBJECTS, LEDGER, Statement
from tillid.governance.mapping import FOREVER
from tillid.governance.permissions import Ledgers, mapping, standing, standing_table
from tillid.stages.resolve.tables import GUESSES, MEMBERS
from tillid.terms.categories import covers
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose

NOW = datetime(2026, 1, 1, 12)
VALID_FOR = timedelta(days=90)


def _purpose(key: str, data_use: str, basis: LegalBasis, **more: Any) -> Purpose:
    return Purpose(key, data_use, basis, frozenset({"user"}), Duration.parse("10 years"), **more)


NOTICES = frozenset({"n1", "n2"})
PURPOSES = (
    _purpose("news", "marketing.communications.email", LegalBasis.CONSENT, notices=NOTICES),
    _purpose(
        "calls",
        "marketing.communications.phone",
        LegalBasis.CONSENT,
        notices=frozenset({"n2"}),
        data_subjects=frozenset({"customer"}),
    ),
    _purpose(
        "timed", "analytics.reporting", LegalBasis.CONSENT, notices=NOTICES, consent_valid_for=Duration.parse("90 days")
    ),
    _purpose(
        "letters",
        "marketing.communications.post",
        LegalBasis.LEGITIMATE_INTERESTS,
        notices=NOTICES,
        data_subjects=frozenset({"customer", "prospect"}),
    ),
    _purpose("insight", "analytics", LegalBasis.LEGITIMATE_INTERESTS),
    _purpose("tips", "marketing.advertising", LegalBasis.CONTRACT),
    _purpose("orders", "essential.service", LegalBasis.CONTRACT),
    _purpose("books", "essential.legal_obligation", LegalBasis.LEGAL_OBLIGATION),
)
NO = {Statement.REFUSED, Statement.WITHDRAWN, Statement.OBJECTED}
BARRED = {"restricted", "suppressed", "objected", "consent_withdrawn", "consent_refused"}


@dataclass(frozen=True)
class Entry:
    subject: int
    purpose: str
    state: str
    at: datetime | None
    source: str | None = "form"
    notice: str | None = "n1"
    evidence: str | None = "e1"


@dataclass(frozen=True)
class World:
    """Who is whom (subject → person, None: nobody), what was said, and which kinds of data subject were met.

    `guesses` says which subject another most likely means. `carried` has what was said (with who said it as its subject)
    while they were one person with another subject, and that one.
    """

    persons: Mapping[int, int | None]
    entries: tuple[Entry, ...] = ()
    kinds: tuple[tuple[int, str], ...] = ()
    guesses: tuple[tuple[int, int], ...] = ()
    carried: tuple[tuple[int, Entry], ...] = ()

    def told(self, subject: int) -> dict[int, World]:
        """What the subject was told of by others, who are not one person with it now: those, with what they said."""
        others = {e.subject for to, e in self.carried if to == subject}
        parted = {other for other in others if self.persons.get(other) != self.persons[subject]}
        said = {o: tuple(e for to, e in self.carried if (to, e.subject) == (subject, o)) for o in parted}
        return {other: World(self.persons, entries) for other, entries in said.items()}

    def near(self, subject: int) -> set[int]:
        """The subject and those that mean the same."""
        of = [set(pair) | {s for s, meant in self.guesses if meant == pair[1]} for pair in self.guesses]
        return {subject}.union(*(together for together in of if subject in together))


Verdict = tuple[bool, dict[str, tuple[datetime | None, str | None]]]
"""Whether restricted; by purpose, until when and why not."""


# What the store works out -------------------------------------------------------------------------------


@cache
def _sql(*, guessed: bool, is_carried: bool) -> tuple[str, str]:
    members, ledger, kinds, guesses, carried, stands = (
        ibis.table(t.logical(), name=t.name)
        for t in (MEMBERS, LEDGER, DATA_SUBJECTS, GUESSES, CARRIED, standing_table(PURPOSES))
    )
    ledgers = Ledgers(ledger, kinds, guesses if guessed else None, carried if is_carried else None)
    stood = standing(members, ledgers, PURPOSES, NOW)
    return (
        ibis.to_sql(stood, dialect="duckdb"),
        ibis.to_sql(mapping(members, stands, PURPOSES), dialect="duckdb"),
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def _asked(engine: duckdb.DuckDBPyConnection, world: World) -> tuple[dict[int, Verdict], list[dict[str, Any]]]:
    """Each person's verdict, and the mapping's rows."""
    subjects = list(world.persons)
    stamp, text, number = pa.timestamp("us"), pa.string(), pa.int64()
    fields = zip(*(astuple(entry) for entry in world.entries), strict=True) if world.entries else [[]] * 7
    types = (number, text, text, stamp, text, text, text)
    names = [column.name for column in LEDGER.columns]
    engine.register(
        "members",
        pa.table({"subject_id": pa.array(subjects, number), "person_id": pa.array(world.persons.values(), number)}),
    )
    engine.register("consent_ledger", pa.table(dict(zip(names, map(pa.array, fields, types), strict=True))))
    engine.register(
        "data_subjects",
        pa.table(
            {
                "subject_id": pa.array([s for s, _ in world.kinds], number),
                "data_subject": pa.array([k for _, k in world.kinds], text),
            }
        ),
    )
    pairs = [pa.array([pair[n] for pair in world.guesses], number) for n in (0, 1)]
    engine.register("guesses", pa.table(dict(zip(("subject_id", "guessed_id"), pairs, strict=True))))
    kept = [(to, *astuple(entry)) for to, entry in world.carried]
    columns = zip(*kept, strict=True) if kept else [[]] * 8
    arrays = map(pa.array, columns, (number, *types))
    engine.register(CARRIED.name, pa.table(dict(zip(CARRIED.logical(), arrays, strict=True))))
    first, second = _sql(guessed=bool(world.guesses), is_carried=bool(world.carried))
    engine.execute(f"create or replace table standing as {first}")
    verdicts: dict[int, Verdict] = {}
    for row in engine.sql("select * from standing").to_arrow_table().to_pylist():
        assert row["person_id"] not in verdicts, "a person has two rows"
        said = {p.key: (row[f"until__{p.key}"], row[f"why__{p.key}"]) for p in PURPOSES}
        verdicts[row["person_id"]] = row["restricted"], said
    return verdicts, engine.sql(second).to_arrow_table().to_pylist()


def _permitted(verdicts: Mapping[int, Verdict]) -> set[tuple[int, str]]:
    return {
        (person, key)
        for person, (restricted, said) in verdicts.items()
        for key, (until, _) in said.items()
        if not restricted and until is not None and until > NOW
    }


# The reference ------------------------------------------------------------------------------------------


def _newest(times: Iterable[datetime | None]) -> datetime:
    return max((at for at in times if at is not None), default=datetime.min)


def _reference(world: World, person: int, purpose: Purpose) -> tuple[datetime | None, str | None]:
    mine = [subject for subject, owner in world.persons.items() if owner == person]
    met = {kind for subject, kind in world.kinds if subject in mine}
    bars: set[str] = set()
    until: list[datetime] = []
    unproven = False
    for subject in mine:
        said, when = _said(world, subject, purpose)
        unproven = unproven or "unproven" in said
        until += when
        bars |= said.union(*(_said(world, other, purpose)[0] for other in world.near(subject))) - {"unproven"}
        bars |= set().union(*(_said(told, o, purpose)[0] for o, told in world.told(subject).items())) - {"unproven"}
    why = _reason(purpose, met, bars, until, unproven=unproven)
    if why is not None:
        return None, why
    return (max(until) if purpose.legal_basis is LegalBasis.CONSENT else FOREVER), None


def _said(world: World, subject: int, purpose: Purpose) -> tuple[set[str], list[datetime]]:
    """What one subject said against it, or could not prove, and until when its consent is valid."""
    heard = [
        e for e in world.entries if e.subject == subject and e.at is not None and e.at <= NOW and e.source is not None
    ]
    narrow = [e for e in heard if e.purpose == purpose.key]
    wide = [e for e in heard if e.purpose == purpose.key or covers(e.purpose, purpose.data_use)]
    yes = [e for e in narrow if e.state == "given"]
    counts = [e for e in yes if e.notice in purpose.notices and e.evidence is not None]
    given_at = _newest(e.at for e in counts)
    noes = {e.state for e in narrow if e.state in ("refused", "withdrawn") and e.at >= given_at}
    noes |= {e.state for e in wide if e.state == "objected" and e.at >= given_at}
    said = noes | ({"unproven"} if len(counts) < len(yes) else set())
    listed = _newest(e.at for e in wide if e.state == "suppressed")
    if listed > datetime.min and listed >= _newest(e.at for e in wide if e.state == "unsuppressed"):
        said.add("suppressed")
    if any(e.state == "restricted" for e in heard):
        said.add("restricted")
    if not counts or noes:
        return said, []
    return said, [FOREVER if purpose.consent_valid_for is None else given_at + VALID_FOR]


def _reason(purpose: Purpose, met: set[str], bars: set[str], until: list[datetime], *, unproven: bool) -> str | None:
    if "restricted" in bars:
        return "restricted"
    if purpose.data_subjects and not met & purpose.data_subjects:
        return "not_a_data_subject"
    is_marketing = purpose.data_use.split(".")[0] == "marketing"
    yields = is_marketing or purpose.legal_basis in (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTERESTS)
    for bar, why in (
        ("suppressed", "suppressed"),
        ("objected", "objected"),
        ("withdrawn", "consent_withdrawn"),
        ("refused", "consent_refused"),
    ):
        if yields and bar in bars:
            return why
    if purpose.legal_basis is not LegalBasis.CONSENT:
        return None
    if not until:
        return "consent_not_proven" if unproven else "consent_missing"
    return None if max(until) > NOW else "consent_expired"


# Worlds -------------------------------------------------------------------------------------------------

MOST = 12
"""Subjects of a world, beside nobody."""
KEYS = [p.key for p in PURPOSES]
USES = ["marketing", "marketing.communications", "marketing.communications.email", "analytics", "essential", "market"]
# Few moments, so that statements often come at the very same time.
MOMENTS = [NOW - timedelta(days=days) for days in (400, 91, 90, 89, 2, 1)] + [
    NOW - timedelta(microseconds=1),
    NOW,
    NOW + timedelta(microseconds=1),
    NOW + timedelta(days=30),
]


def _mostly(common: Sequence[Any], rare: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([*common * 4, *rare])


STATES = _mostly(["given", "given", "refused", "withdrawn", "objected", "suppressed", "unsuppressed"], ["restricted"])


def _entries(states: st.SearchStrategy[str]) -> st.SearchStrategy[Entry]:
    return st.builds(
        Entry,
        subject=st.integers(0, MOST),
        purpose=_mostly(KEYS, USES),
        state=states,
        at=_mostly(MOMENTS, [None]),
        source=_mostly(["form"], [None]),
        notice=_mostly(["n1", "n2"], ["n0", None]),
        evidence=_mostly(["e1"], [None]),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    persons: dict[int, int | None] = {0: None}
    for subject in range(1, MOST + 1):
        heads = [s for s, person in persons.items() if s == person]
        persons[subject] = draw(st.sampled_from([*heads, subject]))
    said = tuple(draw(st.lists(_entries(STATES), max_size=80)))
    kinds = draw(st.sets(st.tuples(st.integers(1, MOST), st.sampled_from(["customer", "prospect", "visitor"]))))
    return World(persons, said, tuple(sorted(kinds)))


@st.composite
def guesses(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Few that several mean, so that several often mean one."""
    pairs = st.tuples(st.integers(1, MOST), st.sampled_from([1, 2, 3]))
    return tuple(sorted(pair for pair in draw(st.sets(pairs, min_size=1, max_size=8)) if pair[0] != pair[1]))


LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONE = World({0: None, 1: 1}, kinds=((1, "customer"),))
GIVEN = Entry(1, "news", "given", NOW - timedelta(days=2))


def _one(engine: duckdb.DuckDBPyConnection, *said: Entry, purpose: str = "news") -> str | None:
    """Why a customer who said this is not permitted; None when they are."""
    ((restricted, verdicts),) = _asked(engine, replace(ONE, entries=said))[0].values()
    until, why = verdicts[purpose]
    assert (why is None) == (until is not None and until > NOW)
    assert restricted == (why == "restricted")
    return why


# Laws ---------------------------------------------------------------------------------------------------


@LAW
@given(worlds())
@example(World({0: None}))
@example(World({0: None, 1: 1, 2: 1}, (GIVEN, replace(GIVEN, subject=2, state="withdrawn")), ((1, "customer"),)))
def test_is_what_the_slow_reference_says(engine: duckdb.DuckDBPyConnection, world: World) -> None:
    verdicts, rows = _asked(engine, world)
    persons = {person for person in world.persons.values() if person is not None}
    assert verdicts.keys() == persons
    for person, (restricted, said) in verdicts.items():
        assert said == {p.key: _reference(world, person, p) for p in PURPOSES}
        assert restricted == (said["books"][1] == "restricted")
    assert {row["subject_id"]: row["person_id"] for row in rows} == dict(world.persons)
    for row in rows:
        restricted, said = verdicts.get(row["person_id"], (False, dict.fromkeys(KEYS, (FOREVER, None))))
        assert row["restricted"] == restricted
        assert {key: row[f"until__{key}"] for key in KEYS} == {key: until for key, (until, _) in said.items()}


@LAW
@given(worlds(), guesses())
def test_a_guess_carries_noes_and_no_yes(
    engine: duckdb.DuckDBPyConnection, world: World, pairs: tuple[tuple[int, int], ...]
) -> None:
    before = _asked(engine, world)[0]
    guessed = replace(world, guesses=pairs)
    after = _asked(engine, guessed)[0]
    assert after.keys() == before.keys()
    assert _permitted(after) <= _permitted(before)
    for person, (restricted, said) in after.items():
        assert said == {p.key: _reference(guessed, person, p) for p in PURPOSES}
        assert restricted == (said["books"][1] == "restricted")


@LAW
@given(worlds(), guesses(), st.lists(st.tuples(st.integers(1, MOST), _entries(STATES)), min_size=1, max_size=40))
def test_what_was_carried_bars_once_they_are_parted(
    engine: duckdb.DuckDBPyConnection, world: World, pairs: tuple[tuple[int, int], ...], carried: list[Any]
) -> None:
    before = _asked(engine, replace(world, guesses=pairs))[0]
    told = replace(world, guesses=pairs, carried=tuple(carried))
    after = _asked(engine, told)[0]
    assert after.keys() == before.keys()
    assert _permitted(after) <= _permitted(before)
    for person, (restricted, said) in after.items():
        assert said == {p.key: _reference(told, person, p) for p in PURPOSES}
        assert restricted == (said["books"][1] == "restricted")


@LAW
@given(worlds())
def test_parted_each_is_told_what_was_said_while_they_were_one(engine: duckdb.DuckDBPyConnection, world: World) -> None:
    """What all of one person said, carried to all of them: nobody is permitted more when they are parted anyhow."""
    one = dict.fromkeys(range(1, MOST + 1), 1)
    kinds = tuple((subject, kind) for subject in one for kind in ("customer", "prospect"))
    every = tuple((to, entry) for entry in world.entries for to in one if to != entry.subject and entry.subject)
    together = World({0: None, **one}, world.entries, kinds)
    apart = World(world.persons, world.entries, kinds, carried=every)
    barred = {key for key, (_, why) in _asked(engine, together)[0][1][1].items() if why in BARRED}
    for _, said in _asked(engine, apart)[0].values():
        assert barred <= {key for key, (_, why) in said.items() if why in BARRED}


@LAW
@given(worlds(), st.lists(_entries(st.sampled_from([*sorted(NO), "suppressed", "restricted"])), min_size=1, max_size=5))
def test_a_no_never_adds_a_person(engine: duckdb.DuckDBPyConnection, world: World, noes: list[Entry]) -> None:
    before = _permitted(_asked(engine, world)[0])
    after = _permitted(_asked(engine, replace(world, entries=(*world.entries, *noes)))[0])
    assert after <= before


@LAW
@given(worlds(), st.data())
def test_neither_order_nor_repetition_matters(
    engine: duckdb.DuckDBPyConnection, world: World, data: st.DataObject
) -> None:
    mixed = World(
        dict(data.draw(st.permutations(list(world.persons.items())))),
        (*data.draw(st.permutations(world.entries)), *world.entries[:3]),
        tuple(data.draw(st.permutations(world.kinds))) + world.kinds[:2],
    )
    assert _asked(engine, mixed)[0] == _asked(engine, world)[0]


@LAW
@given(worlds(), st.lists(st.integers(1, MOST), min_size=MOST, max_size=MOST))
def test_a_merge_never_frees_a_part_that_said_no(
    engine: duckdb.DuckDBPyConnection, world: World, ways: list[int]
) -> None:
    """All subjects as one person, against the same subjects as several, split in any way."""
    whole = dict.fromkeys(range(1, MOST + 1), 1)
    heirs = {way: min(s for s in range(1, MOST + 1) if ways[s - 1] == way) for way in ways}
    parts = {s: heirs[ways[s - 1]] for s in range(1, MOST + 1)}
    merged = _asked(engine, replace(world, persons={0: None} | whole))[0][1]
    split = _asked(engine, replace(world, persons={0: None} | parts))[0]
    assert merged[0] == any(restricted for restricted, _ in split.values())
    for purpose in PURPOSES:
        until, why = merged[1][purpose.key]
        untils = [said[purpose.key][0] for _, said in split.values()]
        reasons = {said[purpose.key][1] for _, said in split.values()}
        if reasons & BARRED:
            assert until is None
            # A part that is no data subject of the purpose does not show what it said.
            assert why in BARRED | {"not_a_data_subject"}
        if until is not None and not purpose.data_subjects:
            assert until == max(u for u in untils if u is not None)


@LAW
@given(worlds())
def test_what_is_dated_in_the_future_says_nothing_yet(engine: duckdb.DuckDBPyConnection, world: World) -> None:
    now = tuple(e for e in world.entries if e.at is not None and e.at <= NOW)
    assert _asked(engine, world)[0] == _asked(engine, replace(world, entries=now))[0]


# Single cases -------------------------------------------------------------------------------------------


def test_the_newest_statement_counts_and_a_tie_bars(engine: duckdb.DuckDBPyConnection) -> None:
    for state, why in (("withdrawn", "consent_withdrawn"), ("refused", "consent_refused"), ("objected", "objected")):
        no = replace(GIVEN, state=state)
        assert _one(engine, GIVEN) is None
        assert _one(engine, GIVEN, no) == why
        assert _one(engine, GIVEN, replace(no, at=GIVEN.at + timedelta(microseconds=1))) == why
        assert _one(engine, GIVEN, replace(no, at=GIVEN.at - timedelta(microseconds=1))) is None


def test_objecting_to_a_data_use_bars_every_use_below_it(engine: duckdb.DuckDBPyConnection) -> None:
    said = [replace(GIVEN, purpose=key, notice="n2") for key in KEYS]
    objection = Entry(1, "marketing", "objected", NOW - timedelta(days=1))
    barred = {"news", "calls", "letters", "tips"}
    assert {key for key in KEYS if _one(engine, *said, purpose=key) is not None} == set()
    assert {key for key in KEYS if _one(engine, *said, objection, purpose=key) == "objected"} == barred
    narrow = replace(objection, purpose="marketing.communications")
    assert {key for key in KEYS if _one(engine, *said, narrow, purpose=key) == "objected"} == barred - {"tips"}
    # A word that is the start of another is not above it.
    assert _one(engine, *said, replace(objection, purpose="market")) is None


def test_a_consent_that_proves_nothing_permits_nothing(engine: duckdb.DuckDBPyConnection) -> None:
    assert _one(engine, replace(GIVEN, notice="n0")) == "consent_not_proven"
    assert _one(engine, replace(GIVEN, notice=None)) == "consent_not_proven"
    assert _one(engine, replace(GIVEN, evidence=None)) == "consent_not_proven"
    assert _one(engine, replace(GIVEN, source=None)) == "consent_missing"
    assert _one(engine, replace(GIVEN, at=None)) == "consent_missing"
    assert _one(engine, replace(GIVEN, purpose="marketing.communications.email")) == "consent_missing"
    # Such a yes does not lift a no either.
    no = replace(GIVEN, state="withdrawn", at=NOW - timedelta(days=5))
    assert _one(engine, no, replace(GIVEN, evidence=None)) == "consent_withdrawn"
    # And it does not spoil one that counts.
    assert _one(engine, GIVEN, replace(GIVEN, notice="n0", at=NOW)) is None


def test_a_consent_runs_out(engine: duckdb.DuckDBPyConnection) -> None:
    given_at = replace(GIVEN, purpose="timed", at=NOW - VALID_FOR)
    assert _one(engine, given_at, purpose="timed") == "consent_expired"
    assert _one(engine, replace(given_at, at=given_at.at + timedelta(microseconds=1)), purpose="timed") is None
    assert _one(engine, given_at, replace(given_at, at=NOW), purpose="timed") is None


def test_of_consents_under_several_subjects_the_last_to_run_out_counts(engine: duckdb.DuckDBPyConnection) -> None:
    old = replace(GIVEN, purpose="timed", at=NOW - timedelta(days=80))
    new = replace(old, subject=2, at=NOW - timedelta(days=10))
    world = World({0: None, 1: 1, 2: 1}, (old, new))
    assert _asked(engine, world)[0][1][1]["timed"] == (new.at + VALID_FOR, None)


def test_a_suppression_bars_until_it_is_taken_back(engine: duckdb.DuckDBPyConnection) -> None:
    listed = Entry(1, "marketing.communications", "suppressed", NOW - timedelta(days=9))
    assert _one(engine, GIVEN, listed) == "suppressed"  # a later consent does not lift it
    off = replace(listed, state="unsuppressed", at=NOW - timedelta(days=8))
    assert _one(engine, GIVEN, listed, off) is None
    assert _one(engine, GIVEN, listed, replace(off, at=listed.at)) == "suppressed"
    assert _one(engine, listed, purpose="orders") is None


def test_restriction_bars_everything(engine: duckdb.DuckDBPyConnection) -> None:
    stop = Entry(1, "anything", "restricted", NOW - timedelta(days=1))
    assert {_one(engine, replace(GIVEN, purpose=key), stop, purpose=key) for key in KEYS} == {"restricted"}
