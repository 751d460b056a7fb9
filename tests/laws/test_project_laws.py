"""Laws of whole projects: small made-up ones, run by the real pipeline on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_projects import (
    CONSENTS,
    CONSENTS_HEAD,
    CRM,
    CRM_HEAD,
    NOW,
    ORDERS,
    ORDERS_HEAD,
    VARIABLES,
    Person,
    SmallProject,
    by_person,
    csv,
    stored,
)

# A run takes a second or two, so examples are few and each is a rich one; `make prove` tries many more.
FEW = settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
MANY = settings(FEW, max_examples=25)

CLUB = (
    CRM.replace("data/crm", "data/club")
    .replace("key: customer_no", "key: phone")
    .replace("[analytics, linking, news]", "[analytics, linking]")
)
WEB = """
kind: events
files: data/web*.csv
time: occurred_at
data_subject: visitor
collected_for_if: {analytics: stats, news: ads, linking: stats}
columns:
  device: {name: device, type: text, category: user.device.device_id, identifier: device_id}
  mail:   {name: email, type: text, category: user.contact.email, identifier: email}
  at:     {name: occurred_at, type: timestamp, category: user.behavior}
  page:   {name: page, type: text, category: user.behavior}
"""
MORE = """
  dearest: {of: orders, measure: max, column: amount}
  last:    {of: orders, measure: last, column: item}
  pages:   {of: web, measure: count}
  seen:    {of: web, measure: distinct, column: page}
  basket:  {sql: "revenue / nullif(bought, 0)"}
"""
SEGMENTS = """
segments:
  buyers: {purpose: news, rule: {any: [{variable: revenue, gte: 5}, {did: web, at_least: 2}]}}
  known:  {purpose: analytics, rule: {trait: name, is_null: false}}
"""
SOURCES = {
    "sources/crm.yml": CRM,
    "sources/club.yml": CLUB,
    "sources/orders.yml": ORDERS,
    "sources/web.yml": WEB,
    "sources/consents.yml": CONSENTS,
}
DEFINED = {**SOURCES, "variables/v.yml": VARIABLES + MORE, "segments/s.yml": SEGMENTS}
HEADS = {
    "crm": CRM_HEAD,
    "club": CRM_HEAD,
    "orders": ORDERS_HEAD,
    "web": "device,mail,at,page,stats,ads",
    "consents": CONSENTS_HEAD,
}

Row = tuple[object, ...]


@dataclass(frozen=True)
class Facts:
    """The rows of each source."""

    rows: Mapping[str, tuple[Row, ...]]

    def put(self, project: SmallProject, names: Sequence[str], day: int = 0) -> None:
        """Deliver the files of these sources, dated `day` days before now or as the row says."""
        for name in names:
            project.put(f"data/{name}.csv", csv(HEADS[name], *self.rows[name]), NOW - timedelta(days=day, hours=1))


NUMBERS = st.sampled_from(["1", "2", "3", "4", "0000"])
MAILS = st.sampled_from([None, "a@example.com", "B@Example.com", "b@example.com", "c@example.com", "test@example.com"])
PHONES = st.sampled_from(["22334455", "+45 22 33 44 55", "26700700", "29123456", "40404040"])
NAMES = st.sampled_from([None, "Ida", "Bo", "Åse"])
TIMES = st.integers(1, 28).map(lambda day: f"2025-11-{day:02} 10:00:00")
AMOUNTS = st.integers(-500, 900).map(lambda cents: cents / 100)
YES = st.sampled_from(["true", "false", None])


def _rows(*cells: st.SearchStrategy[Any], least: int = 3, most: int = 9, key: int | None = None) -> Any:
    by = None if key is None else (lambda row: row[key])
    return st.lists(st.tuples(*cells), min_size=least, max_size=most, unique_by=by).map(tuple)


facts = st.builds(
    Facts,
    st.fixed_dictionaries({
        "crm": _rows(st.sampled_from(["1", "2", "3", "4"]), MAILS, st.one_of(st.none(), PHONES), NAMES, least=2, key=0),
        "club": _rows(st.one_of(st.none(), NUMBERS), MAILS, PHONES, NAMES, least=1, most=5, key=2),
        "orders": _rows(st.one_of(st.none(), NUMBERS), TIMES, st.sampled_from(["cup", "tin", None]), AMOUNTS),
        "web": _rows(st.sampled_from(["d1", "d2", "d3"]), MAILS, TIMES, st.sampled_from(["p1", "p2"]), YES, YES),
        "consents": _rows(MAILS.filter(bool), st.sampled_from(["news", "news", "analytics", "marketing"]),
                          st.sampled_from(["given", "given", "withdrawn", "objected", "refused"]), TIMES,
                          st.sampled_from(["n1", "n1", "n0"]), st.just("e")),
    }),
)  # fmt: skip
QUESTIONS = {
    "orders": "select person_id, item, amount from orders",
    "web": "select person_id, page from web",
    "people": "select * from people",
    "variables": "select * from variables",
}
SEGMENT = {"news": "buyers", "analytics": "known"}


def _project(folder: str, files: Mapping[str, str] = DEFINED) -> SmallProject:
    return SmallProject(Path(folder), files)


def _people(project: SmallProject, purpose: str) -> dict[str, set[Person]]:
    """Question → the persons in its answer for the purpose, each as the set of their identifiers."""
    by_id = by_person(project.persons())
    questions = QUESTIONS | {"segment": f"select person_id from segment__{SEGMENT[purpose]}"}
    return {
        name: {by_id[row["person_id"]] for row in rows if row["person_id"] is not None}
        for name, rows in project.answers(questions, purpose).items()
    }


def _seen(project: SmallProject) -> dict[str, object]:
    """What is known for each purpose, by sets of identifiers instead of ids."""
    by_id = by_person(project.persons())
    seen: dict[str, object] = {"partition": set(by_id.values())}
    for purpose, segment in SEGMENT.items():
        questions = {name: QUESTIONS[name] for name in ("people", "variables")}
        questions["members"] = f"select person_id from segment__{segment}"
        for name, rows in project.answers(questions, purpose).items():
            seen[f"{name} for {purpose}"] = {by_id[row.pop("person_id")]: row for row in rows}
    return seen


ARRIVALS = (facts, st.permutations(list(HEADS)), st.lists(st.booleans(), min_size=5, max_size=5))


@settings(FEW, max_examples=3)
@given(*ARRIVALS)
def test_neither_order_of_arrival_nor_running_twice_changes_anything(
    what: Facts, order: list[str], is_run: list[bool]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        at_once = _project(one)
        what.put(at_once, list(HEADS))
        at_once.build()
        before = stored(at_once.folder)
        taken, _ = at_once.build()
        assert {name: count.read for name, count in taken.counts.items()} == dict.fromkeys(HEADS, 0)
        assert stored(at_once.folder) == before
        bit_by_bit = _project(two, {})
        for name, runs in zip(order, is_run, strict=True):
            what.put(bit_by_bit, [name])
            bit_by_bit.put(f"sources/{name}.yml", SOURCES[f"sources/{name}.yml"])
            if runs:
                bit_by_bit.build()
        for path, text in DEFINED.items():
            bit_by_bit.put(path, text)
        bit_by_bit.build()
        assert _seen(bit_by_bit) == _seen(at_once)


WITHDRAWALS = (
    facts,
    st.sampled_from(["a@example.com", "b@example.com", "c@example.com"]),
    st.sampled_from([("news", "withdrawn"), ("news", "refused"), ("marketing", "objected")]),
)


@FEW
@given(*WITHDRAWALS)
def test_withdrawing_never_adds_a_person_and_takes_away_who_withdrew(
    what: Facts, mail: str, said: tuple[str, str]
) -> None:
    with TemporaryDirectory() as folder:
        project = _project(folder)
        consents = [(m, "news", "given", "2025-12-01 10:00:00", "n1", "e") for m in ("a@example.com", "b@example.com")]
        Facts({**what.rows, "consents": (*what.rows["consents"], *consents)}).put(project, list(HEADS))
        project.build()
        before, others = _people(project, "news"), _people(project, "analytics")
        project.put("data/consents-2.csv", csv(CONSENTS_HEAD, (mail, *said, "2025-12-24 10:00:00", "n1", "e")))
        project.build()
        after = _people(project, "news")
        for name, people in after.items():
            assert people <= before[name]
            assert not [person for person in people if ("email", mail) in person]
        # A person whom nothing else is known of is new with the statement, and has nothing to show.
        assert _people(project, "analytics") == others


@FEW
@given(facts)
def test_results_hold_only_who_is_permitted_and_variables_only_rows_of_their_scope(what: Facts) -> None:
    """A reference from the files: who may be processed, and which rows were collected for what."""
    with TemporaryDirectory() as folder:
        project = _project(folder)
        what.put(project, list(HEADS))
        project.build()
        for purpose, flag in (("analytics", 4), ("news", 5)):
            permitted = {person for person in project.partition() if _is_permitted(what, person, purpose)}
            asked = _people(project, purpose)
            for people in asked.values():
                assert people <= permitted
            assert asked["variables"] == {p for p in permitted if _has_rows(what, p, purpose, flag)}
            for person, row in project.profiles("variables", purpose).items():
                web = [r for r in what.rows["web"] if r[flag] == "true" and _is_of(person, *_of_web(r))]
                bought = [r for r in what.rows["orders"] if _is_of(person, ("customer_no", r[0]))]
                spent = sum(Decimal(str(r[3])) for r in bought)
                assert (row["pages"], row["bought"], row["revenue"]) == (len(web), len(bought), spent)


def _is_of(person: Person, *identifiers: tuple[str, object]) -> bool:
    """Whether a row with these identifiers, best first, is about the person."""
    usable = [(kind, str(v).lower()) for kind, v in identifiers if v not in (None, "0000", "test@example.com")]
    return bool(usable) and usable[0] in person


def _of_web(row: Row) -> tuple[tuple[str, object], ...]:
    return ("device_id", row[0]), ("email", row[1])


def _has_rows(what: Facts, person: Person, purpose: str, flag: int) -> bool:
    """Whether any row about the person was collected for the purpose."""
    records = [*what.rows["crm"], *(what.rows["club"] if purpose == "analytics" else ())]
    return (
        any(_is_of(person, ("customer_no", r[0]), ("email", r[1]), ("phone", _washed(r[2]))) for r in records)
        or any(_is_of(person, ("customer_no", r[0])) for r in what.rows["orders"])
        or any(r[flag] == "true" and _is_of(person, *_of_web(r)) for r in what.rows["web"])
    )


def _washed(phone: object) -> str | None:
    return None if phone is None else "+45" + str(phone).replace(" ", "").removeprefix("+45")


def _is_permitted(what: Facts, person: Person, purpose: str) -> bool:
    """By the statements under each of the person's addresses: the newest counts, a no wins."""
    use = {"news": "marketing", "analytics": "analytics"}[purpose]
    consents = 0
    for kind, value in person:
        said = [r for r in what.rows["consents"] if kind == "email" and str(r[0]).lower() == value]
        given_at = [
            datetime.fromisoformat(str(r[3])) for r in said if r[1] == purpose and r[2] == "given" and r[4] == "n1"
        ]
        # The purpose analytics rests on no consent: no notice makes a yes count for it.
        last = max(given_at, default=datetime.min) if purpose == "news" else datetime.min
        for r in said:
            is_no = (r[2] == "objected" and r[1] in (purpose, use)) or (
                r[2] in ("withdrawn", "refused") and r[1] == purpose
            )
            if is_no and datetime.fromisoformat(str(r[3])) >= last:
                return False
        consents += last > datetime.min
    return consents > 0 or purpose == "analytics"


@FEW
@given(facts, facts)
def test_persons_keep_their_ids_and_merged_ones_lead_to_the_new(what: Facts, later: Facts) -> None:
    with TemporaryDirectory() as folder:
        project = _project(folder)
        what.put(project, list(HEADS))
        project.build()
        before, was = project.persons(), project.partition()
        for name in ("orders", "web", "consents"):
            project.put(f"data/{name}-2.csv", csv(HEADS[name], *later.rows[name]))
        later.put(project, ["crm", "club"])
        project.build()
        after = project.persons()
        numbers = {(r["kind"], r["value"]): r["subject_id"] for r in project.internal("subjects")}
        assert before.keys() <= after.keys()
        for person in was:
            # Nobody is split: there are too few values here for one to become shared.
            assert len({after[identifier] for identifier in person}) == 1
        mapping = {r["subject_id"]: r["person_id"] for r in project.internal("mapping")}
        for identifier, old in before.items():
            assert mapping[old] == after[identifier]  # the old id leads to the new one
        for person in project.partition():
            assert len({after[i] for i in person}) == 1
            assert after[min(person, key=lambda i: numbers[i])] == min(numbers[i] for i in person)


def _at_length(test: Any, *strategies: st.SearchStrategy[Any]) -> Any:
    """The same law, tried many times."""
    return pytest.mark.prove(MANY(given(*strategies)(test.hypothesis.inner_test)))


test_arrival_at_length = _at_length(test_neither_order_of_arrival_nor_running_twice_changes_anything, *ARRIVALS)
test_withdrawing_at_length = _at_length(test_withdrawing_never_adds_a_person_and_takes_away_who_withdrew, *WITHDRAWALS)
test_results_at_length = _at_length(
    test_results_hold_only_who_is_permitted_and_variables_only_rows_of_their_scope, facts
)
test_ids_at_length = _at_length(test_persons_keep_their_ids_and_merged_ones_lead_to_the_new, facts, facts)
