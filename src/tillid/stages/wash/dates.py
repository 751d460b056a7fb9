"""Dates and birth dates to ISO 8601, out of the notations of four countries, with what makes them doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa

from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.ordinary_dates import DEFAULTS, OLDEST, PIVOT, DateHabits, ordinary_dates
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import clean, is_placeholder

LONGEST_DATE = 60

_NOTHING: Grade = (None, None)
_TIME = r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:[Zz]|UTC|[+-]\d{2}:?\d{2}))?)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4}})([-/. ]+)(\d{{1,2}})[-/. ]+(\d{{1,2}})\.?{_TIME}$", re.ASCII)
_YEAR_LAST = re.compile(rf"^(\d{{1,2}})([-/. ]+)(\d{{1,2}})([-/. ]+)['’]?(\d{{4}}|\d{{2}}){_TIME}$", re.ASCII)
_DIGITS = re.compile(r"^(\d{4,8})(?:[.,]0+|(?<=\d{5})[.,]\d+)?$", re.ASCII)
_DIGITS_AND_TIME = re.compile(rf"^(\d{{8}})(?:T?\d{{4,6}}Z?|{_TIME})$", re.ASCII)
_LEAD = re.compile(
    r"^(?:(?:man|tirs|ons|tors|fre|lør|søn)dag|(?:maan|dins|woens|donder|vrij|zater|zon)dag|lundi|mardi|mercredi|jeudi"
    r"|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day|man|tir|ons|tor|fre|lør|søn|mon|tue|wed|thu"
    r"|fri|sat|sun|ma|di|wo|do|vr|za|zo)[.,]*\s+",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:d\.|den|le|op|f\.|født|geb\.?|né(?:e)? le)\s*(?=\d)", re.IGNORECASE)
_WORDED = re.compile(
    rf"^(\d{{1,2}})(?:\.|er|ste|de|e|st|nd|rd|th)?[ ./-]*([^\W\d_]{{3,}})[ .,/-]*['’]?(\d{{4}}|\d{{2}}){_TIME}$"
)
_MONTH_FIRST = re.compile(rf"^([^\W\d_]{{3,}})[ .]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,]+(\d{{4}}){_TIME}$")
_PART_OF_DATE = re.compile(r"^(?:\d{4}|\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2}|[^\W\d_]{3,}[ .]+\d{4})$")
_MONTH_NAMES = (
    "januar januari janvier january jan jänner",
    "februar februari février fevrier february feb fév fev févr fevr",
    "marts mars maart march mar mrt maa",
    "april avril apr avr",
    "maj mai mei may",
    "juni juin june jun",
    "juli juillet july jul juil",
    "august augustus août aout aug",
    "september septembre sep sept",
    "oktober octobre october okt oct",
    "november novembre nov",
    "december desember décembre decembre dec des déc dez",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_SERIAL_OF_1970 = 25_569
_SERIALS = range(10_000, 73_051)


def wash_dates(values: pa.Array, habits: DateHabits) -> Graded:
    """Trimmed strings to ISO dates, null where a value is no day.

    Reasons: DATE_AMBIGUOUS (day and month could be the other way round), DATE_DEFAULT (what programs write for
    none), DATE_INCOMPLETE; of birth dates also BORN_IN_FUTURE and TOO_OLD.
    """
    fast = unremarked(ordinary_dates(values, habits))
    return fast_or_graded(fast, values, lambda text: date_grade(text, habits))


def date_grade(text: str, habits: DateHabits) -> Grade:
    """The date in a text, and what is to be said of it.

    >>> of_2026 = DateHabits(date(2026, 6, 1))
    >>> date_grade("3. maj 2024", of_2026), date_grade("5 août 2024", of_2026)
    (('2024-05-03', None), ('2024-08-05', None))
    >>> date_grade("03/04/2024", of_2026)
    ('2024-04-03', <Reason.DATE_AMBIGUOUS: 'date_ambiguous'>)
    >>> date_grade("31/12-30", DateHabits(date(2026, 6, 1), is_birth=True))
    ('1930-12-31', None)
    """
    if len(text) > LONGEST_DATE or is_placeholder(text):
        return _NOTHING
    bare = _ARTICLE.sub("", _LEAD.sub("", clean(text)))
    day, is_doubtful = next(_days(bare, habits), (None, False))
    if day is None:
        return None, (Reason.DATE_INCOMPLETE if _PART_OF_DATE.match(bare) else None)
    if day in DEFAULTS:
        return day.isoformat(), Reason.DATE_DEFAULT
    if habits.is_birth and day > habits.today:
        return None, Reason.BORN_IN_FUTURE
    if habits.is_birth and habits.today.year - day.year > OLDEST:
        return None, Reason.TOO_OLD
    return day.isoformat(), Reason.DATE_AMBIGUOUS if is_doubtful else None


def _days(text: str, habits: DateHabits) -> Iterator[tuple[date, bool]]:
    """The days that a text can mean, the likeliest first, and whether another is as likely."""
    if match := _YEAR_FIRST.match(text):
        yield from _valid(int(match[1]), int(match[3]), int(match[4]))
        if match[2] != "-":
            yield from _valid(int(match[1]), int(match[4]), int(match[3]))
    elif match := _YEAR_LAST.match(text):
        slashed = "/" in match[2] and "/" in match[4]
        yield from _of_three(match[1], match[3], match[5], habits, is_open=slashed)
    elif match := _DIGITS.match(text) or _DIGITS_AND_TIME.match(text):
        yield from _of_digits(match[1], habits)
    elif match := _WORDED.match(text):
        month = _MONTHS.get(match[2].lower())
        yield from _valid(_year(match[3], month or 1, int(match[1]), habits), month or 0, int(match[1]))
    elif match := _MONTH_FIRST.match(text):
        yield from _valid(int(match[3]), _MONTHS.get(match[1].lower(), 0), int(match[2]))


def _of_three(one: str, two: str, three: str, habits: DateHabits, *, is_open: bool) -> Iterator[tuple[date, bool]]:
    first, second = int(one), int(two)
    if habits.order == "ymd" and len(three) == 2:
        yield from _valid(_year(one, second, int(three), habits), second, int(three))
    if habits.order == "mdy":
        first, second = second, first
    could_be_either = is_open and not habits.order and first != second and max(first, second) <= 12
    yield from _valid(_year(three, second, first, habits), second, first, is_doubtful=could_be_either)
    yield from _valid(_year(three, first, second, habits), first, second)
    if len(three) == 2 and first > 31:
        yield from _valid(_year(one, second, int(three), habits), second, int(three))


def _of_digits(digits: str, habits: DateHabits) -> Iterator[tuple[date, bool]]:
    match len(digits):
        case 8 | 7:
            if len(digits) == 8 and "1800" <= digits < "2200":
                yield from _valid(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
            # A spreadsheet drops the zero of the first nine days.
            whole = digits.zfill(8)
            if "1800" <= whole[4:] < "2200":
                yield from _valid(int(whole[4:]), int(whole[2:4]), int(whole[:2]))
        case 6:
            one, two, three = digits[:2], digits[2:4], digits[4:]
            turned = list(_valid(_year(one, int(two), int(three), habits), int(two), int(three)))
            if habits.order == "ymd":
                yield from turned
            for day, _ in _valid(_year(three, int(two), int(one), habits), int(two), int(one)):
                yield day, bool(turned) and habits.order != "dmy"
            yield from turned
        case 5 if int(digits) in _SERIALS:
            yield date(1970, 1, 1) + timedelta(int(digits) - _SERIAL_OF_1970), False


def _year(digits: str, month: int, day: int, habits: DateHabits) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    if not habits.is_birth:
        return year + (2000 if year < PIVOT else 1900)
    return year + (2000 if (2000 + year, month, day) <= habits.today.timetuple()[:3] else 1900)


def _valid(year: int, month: int, day: int, *, is_doubtful: bool = False) -> Iterator[tuple[date, bool]]:
    try:
        yield date(year, month, day), is_doubtful
    except ValueError:
        return
