"""Which leads are the same person as a row of another list: by e-mail or phone, else nearly, by name and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from tillid.pipeline.leads.hashed_lists import rows_on_hashed
from tillid.pipeline.leads.people_list import PeopleList
from tillid.stages.resolve.lookup import Lookup
from tillid.stages.resolve.near import Index
from tillid.stages.wash.lead_verdicts import Finding, LeadVerdict

EXACT = ("email", "phone")
NEAR = "name_and_place"
_SLICE = 65_536


@dataclass(frozen=True, slots=True)
class Same:
    """One lead that is a row of the other list: by what, and how probably."""

    lead: int
    other: int
    by: str
    probability: float


@dataclass(slots=True)
class Best:
    """The best match of each lead met so far: an exact one, else the most probable."""

    of: dict[int, Same] = field(default_factory=dict)

    def add(self, matches: Iterable[Same]) -> None:
        """Keep what is better than what is held."""
        for same in matches:
            held = self.of.get(same.lead)
            if held is None or same.probability > held.probability:
                self.of[same.lead] = same


class Leads:
    """The leads laid out for being found."""

    def __init__(self, leads: PeopleList, threshold: float) -> None:
        self._leads = leads
        self._exact = {role: Lookup.of_columns(leads.values(role)) for role in EXACT if leads.values(role)}
        self._near = Index(leads.compared())
        self._threshold = threshold

    def by_value(self, role: str, values: pa.Array) -> Iterator[Same]:
        """Leads with one of these values as their e-mail or phone."""
        if role not in self._exact:
            return
        lookup, length = self._exact[role]
        rows, others = lookup.pairs(values)
        for row, other in zip((rows % length).tolist(), others.tolist(), strict=True):
            yield Same(row, other, role, 1.0)

    def nearly(self, rows: pa.Table, of: int, first: int = 0) -> Iterator[Same]:
        """Leads that are probably one of these compared rows, which are numbered from `first`, of a list of `of`."""
        found = self._near.matches(rows, of, self._threshold)
        for lead, other, probability in zip(
            found.indexed.tolist(), found.others.tolist(), found.probability.tolist(), strict=True
        ):
            # Only what is one and the same value is certain.
            yield Same(lead, other + first, NEAR, min(probability, 0.9999))

    def on(self, other: PeopleList, hashed: Mapping[str, str] = MappingProxyType({})) -> dict[int, Same]:
        """The leads that stand on another list; `hashed` are its columns of hashes, with their algorithm."""
        best = Best()
        if hashed:
            best.add(Same(lead, row, by, 1.0) for lead, row, by in rows_on_hashed(self._leads, other, hashed))
        for role in EXACT:
            for values in other.values(role):
                best.add(self.by_value(role, values))
        rows = other.compared()
        for first in range(0, len(other), _SLICE):
            best.add(self.nearly(rows.slice(first, _SLICE), len(other), first))
        return best.of

    def among_themselves(self) -> Iterator[Same]:
        """Pairs of leads that are one person, each at least once."""
        for role, (lookup, length) in self._exact.items():
            yield from _shared(lookup, length, role)
        found = self._near.matches_within(self._threshold)
        for a, b, probability in zip(
            found.indexed.tolist(), found.others.tolist(), found.probability.tolist(), strict=True
        ):
            yield Same(a, b, NEAR, min(probability, 0.9999))


def _shared(lookup: Lookup, length: int, role: str) -> Iterator[Same]:
    """Each row that shares a value, with the first row that has it."""
    for places in lookup.groups():
        rows = np.unique(places % length)
        for other in rows[1:].tolist():
            yield Same(int(rows[0]), other, role, 1.0)


def findings_of(verdict: LeadVerdict, matches: Mapping[int, Same], leads: int, where: str = "") -> list[Finding]:
    """A finding for each way of matching, with where the match stands and how probable it is."""
    findings = []
    for by in (*EXACT, NEAR):
        about, detail = [False] * leads, [""] * leads
        for lead, same in matches.items():
            if same.by == by:
                about[lead] = True
                sure = f"probability {same.probability:.3f}" if by == NEAR else ""
                detail[lead] = ", ".join(part for part in (where, sure) if part)
        findings.append(Finding(verdict, by, pa.array(about, pa.bool_()), pa.array(detail, pa.string())))
    return findings
