"""The digits of national identity numbers: valid dates, serial numbers and check digits of four countries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum, StrEnum
from operator import mul


class NationalId(StrEnum):
    """The kinds of national identity number that are known."""

    CPR = "cpr"
    FODSELSNUMMER = "fodselsnummer"
    D_NUMMER = "d_nummer"
    BSN = "bsn"
    RIJKSREGISTERNUMMER = "rijksregisternummer"


class Sureness(IntEnum):
    """How sure it is that digits are a national identity number.

    `POSSIBLE`: too weak a check to stand alone: a BSN, a CPR that fails modulus 11 (some issued since 2007 do),
    a number that lost its leading zero. `LIKELY`: date and every check digit hold. `FORMED`: a number that is
    written as its country writes it besides, or named beside.
    """

    POSSIBLE = 1
    LIKELY = 2
    FORMED = 3


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CPR = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_BSN = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_FIRST_REMAINDERS = 3
# H-numbers and synthetic test persons of Norway have a month with 40, 65 or 80 added.
_NORWEGIAN_MONTHS = (0, 40, 65, 80)
# Belgian BIS numbers: 20 added where the sex was not known, 40 where it was.
_BELGIAN_MONTHS = (0, 20, 40)
_TEST_DAY = 60
_D_DAY = 40


def kinds_of_digits(digits: str) -> Iterator[tuple[NationalId, Sureness]]:
    """What digits without separators may be: at most one of each kind, never more than `LIKELY`.

    Sources: the Danish CPR office (structure of the CPR number), Skatteetaten (control digits, with the first
    one's remainders 0 to 3 that numbers may have from 2032), the Dutch BSN 11-proof, the Belgian royal decree
    of 3 April 1984 (97 less the remainder, with a 2 before the digits of those born since 2000).

    >>> list(kinds_of_digits("0101701234")), list(kinds_of_digits("111222333"))[0][0].value
    ([(<NationalId.CPR: 'cpr'>, <Sureness.POSSIBLE: 1>)], 'bsn')
    """
    length = len(digits)
    if length == 11:
        yield from _of_eleven(digits, Sureness.LIKELY)
    elif length == 10:
        sure = _cpr(digits)
        if sure is not None:
            yield NationalId.CPR, sure
        yield from _of_eleven("0" + digits, Sureness.POSSIBLE)
    elif length in (8, 9):
        if is_bsn(digits.zfill(9)):
            yield NationalId.BSN, Sureness.POSSIBLE
        if length == 9 and _cpr("0" + digits) is not None:
            yield NationalId.CPR, Sureness.POSSIBLE


def has_date(kind: NationalId, digits: str) -> bool:
    """Whether the digits are as long as a number of this kind and begin with a date as it does.

    The share of these whose check digits hold is what tells numbers of the kind from numbers by chance.
    """
    match kind:
        case NationalId.CPR:
            return len(digits) in (9, 10) and _cpr_year(digits.zfill(10)) is not None
        case NationalId.FODSELSNUMMER | NationalId.D_NUMMER:
            return len(digits) == 11 and _norwegian_kind(digits) is kind and _weighted(digits, _SECOND) == 0
        case NationalId.RIJKSREGISTERNUMMER:
            return len(digits) == 11 and _belgian_date(digits)
        case _:
            return len(digits) == 9


def is_bsn(digits: str) -> bool:
    """Whether nine digits pass the 11-proof; one number in eleven does by chance."""
    return digits != "000000000" and not digits.startswith("000") and _weighted(digits, _BSN) == 0


def _of_eleven(digits: str, sure: Sureness) -> Iterator[tuple[NationalId, Sureness]]:
    kind = _norwegian_kind(digits)
    if kind is not None and _weighted(digits, _SECOND) == 0 and _weighted(digits, _FIRST) <= _FIRST_REMAINDERS:
        yield kind, sure
    if _is_belgian(digits):
        yield NationalId.RIJKSREGISTERNUMMER, sure


def _weighted(digits: str, weights: Iterable[int]) -> int:
    total: int = sum(map(mul, map(int, digits), weights))
    return total % 11


def _cpr(digits: str) -> Sureness | None:
    year = _cpr_year(digits)
    if year is None:
        return None
    if _weighted(digits, _CPR) == 0:
        return Sureness.LIKELY
    # Those born before 1900 were all numbered when modulus 11 still held.
    return Sureness.POSSIBLE if year >= 1900 else None


def _cpr_year(digits: str) -> int | None:
    """The year of birth, by the century rule of the seventh digit; None where the date does not exist."""
    day, month, year, seventh = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if seventh <= 3:
        century = 1900
    elif seventh in (4, 9):
        century = 2000 if year <= 36 else 1900
    else:
        century = 2000 if year <= 57 else 1800
    # Numbers for tests and for those without one of their own have 60 added to the day.
    day -= _TEST_DAY if day > _TEST_DAY else 0
    return century + year if _exists(day, month, century + year) else None


def _norwegian_kind(digits: str) -> NationalId | None:
    day, month, year, serial = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6:9])
    is_d = day > _D_DAY
    day -= _D_DAY if is_d else 0
    if serial < 500 or (serial >= 900 and year >= 40):
        whole = 1900 + year
    elif year < 40:
        whole = 2000 + year
    elif serial < 750 and year >= 54:
        whole = 1800 + year
    else:
        return None
    if not any(_exists(day, month - added, whole) for added in _NORWEGIAN_MONTHS):
        return None
    return NationalId.D_NUMMER if is_d else NationalId.FODSELSNUMMER


def _is_belgian(digits: str) -> bool:
    if not _belgian_date(digits):
        return False
    number, check = int(digits[:9]), int(digits[9:])
    return check in (97 - number % 97, 97 - (2_000_000_000 + number) % 97)


def _belgian_date(digits: str) -> bool:
    month, day, serial = int(digits[2:4]), int(digits[4:6]), int(digits[6:9])
    if not 1 <= serial <= 998:
        return False
    # A month or day that is not known is written 00.
    return any(
        (month == added and day <= 31) or (1 <= month - added <= 12 and day <= _DAYS[month - added - 1])
        for added in _BELGIAN_MONTHS
    )


def _exists(day: int, month: int, year: int) -> bool:
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return is_leap or (day, month) != (29, 2)
