"""From the ledgers to one `permitted until` time per person and purpose, and the reason where there is none.

The derivation is a pure function of ledger, data-subject kinds and mapping, written once as an Ibis expression.
For each subject the newest statement counts, and of two at the same time the one that bars; over a
person's subjects the most restrictive wins. So a merge can take permission away and never give it to a
part that said no, whatever the order of merging. Between subjects that are guessed to be one, a no alone crosses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from tillid.governance.housekeeping import LEADS, PERMISSIONS
from tillid.governance.ledgers import FROM_SUBJECT, PREFERENCE, Statement
from tillid.governance.mapping import FOREVER, RESTRICTED, until_column
from tillid.terms.categories import ancestors
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import NO_PERSON, PERSON_ID, SUBJECT_ID, Column, Table, TableKind

BARRING = (Statement.REFUSED, Statement.WITHDRAWN, Statement.OBJECTED)
SAID_NO = ("restricted", "suppressed", "objected", "consent_withdrawn", "consent_refused")
"""The reasons against that somebody said, and that do not only lack a yes."""
_TIME = "timestamp(6)"


def why_column(purpose: str) -> str:
    """The standing's column with the reason why a person is not permitted for `purpose`; NULL when they are."""
    return f"why__{purpose}"


def standing_table(purposes: Sequence[Purpose]) -> Table:
    """The declaration of the standing: one row a person, until when and why not for every purpose."""
    return Table(
        "standing",
        (
            Column(PERSON_ID, "int64", key=True),
            Column(RESTRICTED, "boolean", PREFERENCE),
            *(Column(until_column(p.key), _TIME, PREFERENCE) for p in purposes),
            *(Column(why_column(p.key), "string", PREFERENCE) for p in purposes),
        ),
        kind=TableKind.DERIVED,
        only_for=frozenset({PERMISSIONS, LEADS}),
        label="What each person may be processed for, and why not",
    )


@dataclass(frozen=True, slots=True)
class Ledgers:
    """What is known of subjects: what they said (columns of `consent_ledger`), and as what they were met
    (`data_subjects`).

    `guesses` (subject_id, guessed_id) says which subject another most likely means: what bars one of those that mean
    the same bars all of them. `carried` (columns of the table of that name) has what others said while they were one
    person with the subject. None where there are none.
    """

    said: ir.Table
    met: ir.Table
    guesses: ir.Table | None = None
    carried: ir.Table | None = None


def standing(members: ir.Table, ledgers: Ledgers, purposes: Sequence[Purpose], now: datetime) -> ir.Table:
    """One row a person of `members` (subject_id, person_id) with `standing_table`'s columns.

    An entry after `now`, without a time or without a source states nothing; a consent counts only under one of the
    purpose's notices and with evidence (ISO/IEC TS 27560's mandatory fields).
    """
    known = _known(ledgers.said, now)
    said = members.join(_stated(known, purposes), SUBJECT_ID)
    if ledgers.guesses is not None:
        heard = members.join(_heard(known, ledgers.guesses, purposes), SUBJECT_ID)
        said = said.union(heard.select(*said.columns))
    if ledgers.carried is not None:
        kept = members.join(_carried(_known(ledgers.carried, now), members, purposes), SUBJECT_ID)
        said = said.union(kept.select(*said.columns))
    by_person = said.group_by(PERSON_ID).agg(**_most_restrictive(said, purposes))
    met = members.join(ledgers.met, SUBJECT_ID)
    kinds_by_person = met.group_by(PERSON_ID).agg(
        **{
            _n("kind", i): met.data_subject.isin(sorted(purpose.data_subjects)).any()
            for i, purpose in enumerate(purposes)
            if purpose.data_subjects
        }
    )
    # A person's id is that of a subject of theirs.
    persons = members.filter(members[PERSON_ID] == members[SUBJECT_ID]).select(PERSON_ID)
    person = persons.left_join(by_person, PERSON_ID).drop("person_id_right")
    person = person.left_join(kinds_by_person, PERSON_ID).drop("person_id_right")
    restricted = ibis.coalesce(person.restricted, False)
    untils, whys = {}, {}
    for i, purpose in enumerate(purposes):
        why = _why(person, i, purpose, restricted)
        until = ibis.literal(FOREVER, type=_TIME)
        if purpose.legal_basis is LegalBasis.CONSENT:
            until = person[_n("until", i)].cast(_TIME)
            why = ibis.coalesce(why, ibis.ifelse(until > ibis.literal(now, type=_TIME), _no_text(), "consent_expired"))
        untils[until_column(purpose.key)] = ibis.ifelse(why.isnull(), until, ibis.null(_TIME))
        whys[why_column(purpose.key)] = why
    return person.select(person[PERSON_ID], **{RESTRICTED: restricted}, **untils, **whys)


def mapping(members: ir.Table, standing_: ir.Table, purposes: Sequence[Purpose]) -> ir.Table:
    """The subject → person mapping with permissions, the row of subject 0 (no person) included."""
    joined = members.left_join(standing_, PERSON_ID)
    nobody = joined[SUBJECT_ID] == NO_PERSON
    forever = ibis.literal(FOREVER, type=_TIME)
    untils = {until_column(p.key): ibis.ifelse(nobody, forever, standing_[until_column(p.key)]) for p in purposes}
    return joined.select(
        joined[SUBJECT_ID],
        joined[PERSON_ID],
        # A person without a standing is nobody we know what to do with: restricted.
        **{RESTRICTED: ibis.ifelse(nobody, False, ibis.coalesce(standing_[RESTRICTED], True))},
        **untils,
    )


def _n(what: str, number: int) -> str:
    return f"{what}_{number}"


def _no_text() -> ir.Value:
    return ibis.null("string")


def _about(ledger: ir.Table, purpose: Purpose, *, wider: bool) -> ir.Value:
    """Entries that name the purpose; with `wider`, also those that name its data use or one above it."""
    keys = [purpose.key, *(ancestors(purpose.data_use) if wider else ())]
    return ledger.purpose.isin(keys)


def _last_statements(ledger: ir.Table, purposes: Sequence[Purpose]) -> dict[str, ir.Value]:
    at, state = ledger.at, ledger.state
    last: dict[str, ir.Value] = {"restricted_at": at.max(where=state == Statement.RESTRICTED)}
    for i, purpose in enumerate(purposes):
        narrow, wide = _about(ledger, purpose, wider=False), _about(ledger, purpose, wider=True)
        given = narrow & (state == Statement.GIVEN)
        proven = given & ledger.notice.isin(sorted(purpose.notices)) & ledger.evidence.notnull()
        last[_n("given", i)] = at.max(where=proven)
        last[_n("unproven", i)] = at.max(where=given & ~ibis.coalesce(proven, False))
        last[_n("refused", i)] = at.max(where=narrow & (state == Statement.REFUSED))
        last[_n("withdrawn", i)] = at.max(where=narrow & (state == Statement.WITHDRAWN))
        last[_n("objected", i)] = at.max(where=wide & (state == Statement.OBJECTED))
        last[_n("suppressed", i)] = at.max(where=wide & (state == Statement.SUPPRESSED))
        last[_n("unsuppressed", i)] = at.max(where=wide & (state == Statement.UNSUPPRESSED))
    return last


def _known(entries: ir.Table, now: datetime) -> ir.Table:
    return entries.filter(entries.at <= ibis.literal(now, type=_TIME), entries.source.notnull())


def _stated(known: ir.Table, purposes: Sequence[Purpose]) -> ir.Table:
    return known.group_by(SUBJECT_ID).agg(**_last_statements(known, purposes))


def _heard(known: ir.Table, guesses: ir.Table, purposes: Sequence[Purpose]) -> ir.Table:
    """What bars a subject that means the same, as if each had said it; no yes comes that way."""
    means = guesses.union(guesses.select(**{SUBJECT_ID: guesses.guessed_id}, guessed_id=guesses.guessed_id)).distinct()
    stated = _stated(known.semi_join(means, SUBJECT_ID), purposes)
    of = means.select(of=SUBJECT_ID, guessed_id="guessed_id")
    bars = of.join(stated, of["of"] == stated[SUBJECT_ID]).drop(SUBJECT_ID, "of")
    return means.join(bars.select("guessed_id", **_bars(bars, purposes)), "guessed_id").drop("guessed_id")


def _carried(known: ir.Table, members: ir.Table, purposes: Sequence[Purpose]) -> ir.Table:
    """What bars a subject by what others said while they were one person; no yes comes that way.

    While they still are, these others are heard themselves.
    """
    hearer = members.select(SUBJECT_ID, _hearer=PERSON_ID)
    speaker = members.select(**{FROM_SUBJECT: SUBJECT_ID, "_speaker": PERSON_ID})
    both = known.join(hearer, SUBJECT_ID).left_join(speaker, FROM_SUBJECT)
    parted = both.filter(~both["_hearer"].identical_to(both["_speaker"]))
    stated = parted.group_by(SUBJECT_ID, FROM_SUBJECT).agg(**_last_statements(parted, purposes))
    return stated.select(SUBJECT_ID, **_bars(stated, purposes))


def _bars(bars: ir.Table, purposes: Sequence[Purpose]) -> dict[str, ir.Value]:
    """What was stated as somebody else hears it: the noes that stand, and no yes."""
    heard: dict[str, ir.Value] = {"restricted_at": bars.restricted_at}
    for i in range(len(purposes)):
        given, listed, unlisted = bars[_n("given", i)], bars[_n("suppressed", i)], bars[_n("unsuppressed", i)]
        for state in BARRING:
            at = bars[_n(state, i)]
            heard[_n(state, i)] = ibis.ifelse(_outlasts(at, given), at, ibis.null(_TIME))
        heard[_n("suppressed", i)] = ibis.ifelse(_outlasts(listed, unlisted), listed, ibis.null(_TIME))
        heard |= {_n(what, i): ibis.null(_TIME) for what in ("given", "unproven", "unsuppressed")}
    return heard


def _outlasts(no: ir.Value, yes: ir.Value) -> ir.Value:
    """Whether a no stands: a yes lifts only one that is older than it, and at the same time the no counts."""
    return no.notnull() & (yes.isnull() | (no >= yes))


def _most_restrictive(said: ir.Table, purposes: Sequence[Purpose]) -> dict[str, ir.Value]:
    worst: dict[str, ir.Value] = {RESTRICTED: said.restricted_at.notnull().any()}
    for i, purpose in enumerate(purposes):
        given = said[_n("given", i)]
        bars = {}
        for state in BARRING:
            bars[state] = _outlasts(said[_n(state, i)], given)
            worst[_n(state, i)] = bars[state].any()
        worst[_n("suppressed", i)] = _outlasts(said[_n("suppressed", i)], said[_n("unsuppressed", i)]).any()
        worst[_n("unproven", i)] = said[_n("unproven", i)].notnull().any()
        stands = given.notnull() & ~reduce(or_, bars.values())
        worst[_n("until", i)] = _valid_until(given, purpose).max(where=stands)
    return worst


def _valid_until(given: ir.Value, purpose: Purpose) -> ir.Value:
    valid_for = purpose.consent_valid_for
    if valid_for is None:
        return ibis.ifelse(given.notnull(), ibis.literal(FOREVER, type=_TIME), ibis.null(_TIME))
    return given + ibis.interval(valid_for.count, unit=valid_for.unit.value)


def _why(person: ir.Table, i: int, purpose: Purpose, restricted: ir.Value) -> ir.Value:
    """The first reason against processing the person for the purpose, most telling first; NULL for none."""

    def said(state: str) -> ir.Value:
        return ibis.coalesce(person[_n(state, i)], False)

    branches: list[tuple[ir.Value, str]] = [(restricted, "restricted")]
    if purpose.data_subjects:
        branches.append((~ibis.coalesce(person[_n("kind", i)], False), "not_a_data_subject"))
    if purpose.is_direct_marketing or purpose.yields_to_objection:
        branches += [(said("suppressed"), "suppressed"), (said(Statement.OBJECTED), "objected")]
    if purpose.yields_to_objection:
        branches += [
            (said(Statement.WITHDRAWN), "consent_withdrawn"),
            (said(Statement.REFUSED), "consent_refused"),
        ]
    if purpose.legal_basis is LegalBasis.CONSENT:
        missing = person[_n("until", i)].isnull()
        branches += [(missing & said("unproven"), "consent_not_proven"), (missing, "consent_missing")]
    return ibis.cases(*branches, else_=_no_text())
