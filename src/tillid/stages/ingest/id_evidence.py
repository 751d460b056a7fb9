"""Whether a column holds national identity numbers, or numbers of which some look like one by chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt

from tillid.terms.identity_digits import NationalId, Sureness, has_date, kinds_of_digits

BY_CHANCE: Mapping[NationalId, float] = {
    NationalId.CPR: 1 / 11,
    NationalId.FODSELSNUMMER: 4 / 11,
    NationalId.BSN: 1 / 11,
    NationalId.RIJKSREGISTERNUMMER: 2 / 97,
}
"""Kind → the share of numbers with the kind's date (and, in Norway, second control digit) whose check digits
hold by chance."""

_FEWEST_HITS = 3
# One number of nine digits in eleven passes: six of six by chance is one column in two million.
_FEWEST_BSN = 6
_ENOUGH_BY_CHANCE = 5
_REFUTES_FROM = 10
_REFUTES_BELOW = 0.25


class Verdict(StrEnum):
    """What a column's numbers of one kind are.

    `IDS`: numbers of the kind. `UNSURE`: too few to tell. `MIXED`: too few to tell, but their check digits
    speak against most of them. `CHANCE`: as many hold as chance makes of other numbers.
    """

    IDS = "ids"
    UNSURE = "unsure"
    MIXED = "mixed"
    CHANCE = "chance"

    def takes(self, kind: NationalId, sureness: Sureness, *, is_formed: bool) -> bool:
        """Whether a value that is nothing but a number is taken for one of `kind`.

        `is_formed` says that it is written as the kind's country writes it.
        """
        if self is Verdict.IDS:
            return True
        if self is Verdict.CHANCE or kind is NationalId.BSN:
            return False
        return sureness >= Sureness.LIKELY or (is_formed and self is Verdict.UNSURE)


@dataclass(slots=True)
class Evidence:
    """What was counted among the values of a column that were looked at: no value is in it.

    `values` were looked at; of each kind, `dated` have its date and of these `held` its check digits.
    """

    values: int = 0
    dated: dict[NationalId, int] = field(default_factory=dict)
    held: dict[NationalId, int] = field(default_factory=dict)

    def see(self, values: int, numbers: Iterable[str]) -> None:
        """Count further values, of which `numbers` are nothing but 9 to 11 digits."""
        self.values += values
        for digits in numbers:
            sure = dict(kinds_of_digits(digits))
            for kind in NationalId:
                if has_date(kind, digits):
                    counted = _counted_as(kind)
                    self.dated[counted] = self.dated.get(counted, 0) + 1
                    self.held[counted] = self.held.get(counted, 0) + _holds(kind, digits, sure)

    def verdict(self, kind: NationalId) -> Verdict:
        """What the column's numbers of this kind are, so far as was seen.

        A column is of ids where half of all values, and three or more (BSN: six), pass. It is of numbers by
        chance where chance would have made five or more and no more than half as many again hold, and three
        standard deviations of chance.

        >>> orders = Evidence(1000, {NationalId.CPR: 1000}, {NationalId.CPR: 93})
        >>> ids = Evidence(20, {NationalId.CPR: 20}, {NationalId.CPR: 19})
        >>> orders.verdict(NationalId.CPR).value, ids.verdict(NationalId.CPR).value
        ('chance', 'ids')
        """
        kind = _counted_as(kind)
        dated, held = self.dated.get(kind, 0), self.held.get(kind, 0)
        fewest = _FEWEST_BSN if kind is NationalId.BSN else _FEWEST_HITS
        if held >= fewest and 2 * held >= self.values:
            return Verdict.IDS
        by_chance = dated * BY_CHANCE[kind]
        if by_chance >= _ENOUGH_BY_CHANCE and held <= 1.5 * by_chance + 3 * sqrt(by_chance):
            return Verdict.CHANCE
        if dated >= _REFUTES_FROM and held <= _REFUTES_BELOW * dated:
            return Verdict.MIXED
        return Verdict.UNSURE

    def as_dict(self) -> dict[str, object]:
        """As plain values, as a generation notes them."""
        return {
            "values": self.values,
            "dated": {str(kind): count for kind, count in self.dated.items()},
            "held": {str(kind): count for kind, count in self.held.items()},
        }

    @classmethod
    def from_dict(cls, noted: Mapping[str, object]) -> Evidence:
        """Read what `as_dict` wrote.

        >>> Evidence.from_dict({"values": 2, "dated": {"bsn": 2}, "held": {"bsn": 1}}).held
        {<NationalId.BSN: 'bsn'>: 1}
        """

        def counts(key: str) -> dict[NationalId, int]:
            given = noted.get(key)
            return {NationalId(k): int(v) for k, v in given.items()} if isinstance(given, Mapping) else {}

        values = noted.get("values")
        return cls(values if isinstance(values, int) else 0, counts("dated"), counts("held"))


def _counted_as(kind: NationalId) -> NationalId:
    # A column of Norwegian numbers holds both kinds.
    return NationalId.FODSELSNUMMER if kind is NationalId.D_NUMMER else kind


def _holds(kind: NationalId, digits: str, sure: Mapping[NationalId, Sureness]) -> bool:
    if kind is NationalId.BSN:
        return kind in sure
    if kind is NationalId.CPR and len(digits) == 9:
        sure = dict(kinds_of_digits("0" + digits))
    return sure.get(kind) is Sureness.LIKELY
