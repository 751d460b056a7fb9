"""Reads one phone number as people and programs write it, and says what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from tillid.stages.wash.grading import Grade
from tillid.stages.wash.reasons import Reason
from tillid.stages.wash.text import clean, is_placeholder

LONGEST_CELL = 60

# One digit seven times on end, or eight of them counted up or down.
FICTIONAL = "|".join(
    [*(f"{digit}{{7}}" for digit in range(10)), *"01234567 12345678 23456789 98765432 87654321".split()]
)
_FICTIONAL = re.compile(FICTIONAL)
# A number that went through a spreadsheet: its ".0" is no digit of it.
_SPREADSHEET_FRACTION = re.compile(r"^(\+?\d{5,})[.,]0+$")
_SCIENTIFIC = re.compile(r"^[\d.,]+e\+?\d+$", re.IGNORECASE)
# Italy's zero is part of the number (+39 0…), everywhere else (0) is dialled at home only.
_TRUNK_ZERO = re.compile(r"^(\s*\(?(?:\+|00)(?!\s*39)[\s(]*\d[\d\s]{0,4}\)?\s*)\(0\)")
_LABEL = re.compile(
    r"^(?:tlf|tel|telefon|telefoon|téléphone|telephone|phone|mobil|mobile|mobiel|mob|gsm|privat|privé|arbejde|arbeid|jobb"
    r"|werk|hjem|thuis|fast|vast|direkte|direct|nr|t|m|p|mobilnr|tlfnr|telnr|telefonnummer|telefoonnummer|mobilnummer)"
    r"\b[.:\s-]*",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"[\s,;]*(?:\b(?:ext|extension|lok|lokal|lokalnr|internt?|int|toestel|tst|poste|post)\b[.:\s]*|(?<=\d)\s*[x#]\s*)\d{1,6}\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[;,|&\n]|\s/\s|/(?=\s*(?:\+|00))|\b(?:og|eller|en|of|et|ou|or|and|samt)\b)\s*", re.IGNORECASE
)
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")
_PLUSES = re.compile(r"^\s*(?:\(\s*)?(?:\+\s*00|\+(?:\s*\+)+|00\s*\+)\s*")
_WORDS = re.compile(r"[^\W\d_]{2,}")
# A form put the country code before a number that had one.
_CODE_TWICE = re.compile(r"^\s*\(?(?:\+|00)\s*(31|32|45|47)\)?[\s-]*((?:\+|00)\s*\1)")
_REMARK_BEHIND = re.compile(r"\s*[(\[][^()\[\]]*[^\W\d_]{2}[^()\[\]]*[)\]]\s*$")
_WORDS_AROUND = re.compile(r"\(?[^\W\d_][^\d+]*$|^[^\d+]*[^\W\d_][^\d+(]*")
_LONGEST_EXTENSION = 6
_WITHOUT_TRUNK = ("DK", "NO")
# Whose numbers a record most likely has that has none of its own country's, and how its mobile ones look.
_NEXT_DOOR = {
    "DK": ("NO", re.compile(r"[49]\d{7}")),
    "NO": ("DK", re.compile(r"[2-9]\d{7}")),
    "NL": ("BE", re.compile(r"04\d{8}")),
    "BE": ("NL", re.compile(r"06\d{8}")),
}
_FEWEST_DIGITS = 7
_CODES_AT_HAND = ("45", "47", "31", "32", "46", "49")
_FROM_ABROAD_FROM = 10
_IN_FULL = PhoneNumberFormat.E164


class LineType(StrEnum):
    """What a number rings, as far as its digits tell; Danish ones do not tell mobile from fixed."""

    MOBILE = "mobile"
    FIXED = "fixed"
    FIXED_OR_MOBILE = "fixed_or_mobile"
    PREMIUM = "premium"
    SERVICE = "service"
    OTHER = "other"


_LINE_TYPES = {
    PhoneNumberType.MOBILE: LineType.MOBILE,
    PhoneNumberType.FIXED_LINE: LineType.FIXED,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: LineType.FIXED_OR_MOBILE,
    PhoneNumberType.PREMIUM_RATE: LineType.PREMIUM,
    PhoneNumberType.TOLL_FREE: LineType.SERVICE,
    PhoneNumberType.SHARED_COST: LineType.SERVICE,
}


def line_type(number: str) -> LineType:
    """What a washed number (E.164) rings.

    >>> line_type("+31612345678"), line_type("+4520123456")
    (<LineType.MOBILE: 'mobile'>, <LineType.FIXED_OR_MOBILE: 'fixed_or_mobile'>)
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return LineType.OTHER
    return _LINE_TYPES.get(phonenumbers.number_type(parsed), LineType.OTHER)


def phone_grade(text: str, country: str) -> Grade:
    """The number in a text as E.164, or None, and what is to be said of it.

    >>> phone_grade("+45 (0) 20 12 34 56", "DK"), phone_grade("020 623 4567", "NL")
    (('+4520123456', None), ('+31206234567', None))
    >>> phone_grade("12345", "DK")
    (None, <Reason.PHONE_TOO_SHORT: 'phone_too_short'>)
    >>> phone_grade("20123456 / 20123457", "DK")
    ('+4520123456', <Reason.SEVERAL_VALUES: 'several_values'>)
    """
    if len(text) > LONGEST_CELL or is_placeholder(text):
        return None, None
    bare = _SPREADSHEET_FRACTION.sub(r"\1", clean(text))
    if _SCIENTIFIC.match(bare):
        return None, None
    for number, said in _readings(_LABEL.sub("", bare), country):
        if number is not None:
            return phonenumbers.format_number(number, _IN_FULL), said or remark(number)
    return None, _refusal(bare, country)


def remark(number: PhoneNumber) -> Reason | None:
    """What is odd about a number that can exist."""
    match _LINE_TYPES.get(phonenumbers.number_type(number)):
        case LineType.PREMIUM:
            return Reason.PHONE_PREMIUM
        case LineType.SERVICE:
            return Reason.PHONE_SERVICE
    return Reason.TEST_VALUE if _FICTIONAL.search(phonenumbers.format_number(number, _IN_FULL)) else None


def _readings(bare: str, country: str) -> Iterator[tuple[PhoneNumber | None, Reason | None]]:
    """What the text may be, the likeliest first; worked out one after the other as long as none is a number."""
    spoken = _WORDS.search(bare) is not None
    whole = None if spoken else _number(bare, country)
    if whole is not None:
        yield whole, Reason.PHONE_EXTENSION if whole.extension else None
    shorter = _EXTENSION.sub("", bare)
    if shorter != bare:
        yield _number(shorter, country), Reason.PHONE_EXTENSION
    digits = re.sub(r"[^\d+]", "", bare)
    if not spoken and (meant := _put_right(bare, digits, country)) != bare:
        yield _number(meant, country), Reason.PHONE_NOTATION
    if len(digits) >= 2 * _FEWEST_DIGITS:
        yield _first_of_several(bare, country), Reason.SEVERAL_VALUES
    if spoken:
        yield _number(_WORDS_AROUND.sub("", _REMARK_BEHIND.sub("", bare)), country), Reason.TAKEN_FROM_TEXT
        yield _number(bare, country), Reason.PHONE_GUESSED
        return
    if country in _WITHOUT_TRUNK and len(digits) == 9 and digits.startswith("0"):
        yield _number(digits[1:], country), Reason.PHONE_GUESSED
    if country in _NEXT_DOOR and _NEXT_DOOR[country][1].fullmatch(digits):
        yield _number(digits, _NEXT_DOOR[country][0]), Reason.PHONE_COUNTRY_GUESSED


def _put_right(bare: str, digits: str, country: str) -> str:
    """The number as it was surely meant, or the text as it is."""
    tidy = _CODE_TWICE.sub(r"\2", _PLUSES.sub("+", bare)).translate(_LETTERS_FOR_DIGITS)
    if country in _WITHOUT_TRUNK:
        tidy = re.sub(r"^0(?=4[57][\s.-]*(?:\d[\s.-]*){8}$)", "+", tidy)
    # Denmark and Norway dial no zero at home, so one after the code is a habit of another country.
    tidy = re.sub(r"^(\(?(?:\+|00)\s*(?:45|47)\)?[\s-]*)\(?0\)?[\s-]*(?=(?:\d[\s.-]*){8}$)", r"\1", tidy)
    lost_plus = tidy == bare and not digits.startswith(("+", "0")) and len(digits) >= _FROM_ABROAD_FROM
    return f"+{digits}" if lost_plus and _is_grouped(bare) and digits.startswith(_CODES_AT_HAND) else tidy


def _first_of_several(bare: str, country: str) -> PhoneNumber | None:
    """The first number of a text in which at least two stand, with a word, a sign or only a blank between."""
    parts = [part for part in _BETWEEN.split(bare) if part]
    if len(parts) > 1 and (first := _number(_LABEL.sub("", parts[0]), country)) is not None:
        return first
    for at in (match.start() for match in re.finditer(r"[ /]", bare)):
        before, behind = bare[:at], bare[at + 1 :]
        if min(sum(map(str.isdigit, half)) for half in (before, behind)) < _FEWEST_DIGITS:
            continue
        first, second = _number(before, country), _number(behind, country)
        if first is not None and second is not None:
            return first
    return None


def _number(text: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(_TRUNK_ZERO.sub(r"\1", text), country or None)
    except phonenumbers.NumberParseException:
        return None
    # What is read as a long extension is a second number.
    whole = len(number.extension or "") <= _LONGEST_EXTENSION and phonenumbers.is_valid_number(number)
    return number if whole else None


def _is_grouped(text: str) -> bool:
    return re.fullmatch(r"[\d\s.()/-]+", text) is not None


def _refusal(bare: str, country: str) -> Reason | None:
    """Why there is no number, where its digits tell."""
    if _WORDS.search(bare) or not any(map(str.isdigit, bare)):
        return None
    try:
        number = phonenumbers.parse(bare, country or None)
    except phonenumbers.NumberParseException as error:
        kinds = phonenumbers.NumberParseException
        short, long = (kinds.TOO_SHORT_NSN, kinds.TOO_SHORT_AFTER_IDD), (kinds.TOO_LONG,)
        if error.error_type in long:
            return Reason.PHONE_TOO_LONG
        digits = sum(map(str.isdigit, bare))
        return Reason.PHONE_TOO_SHORT if error.error_type in short or digits < 4 else None
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_SHORT | ValidationResult.INVALID_LENGTH | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return Reason.PHONE_TOO_SHORT
        case ValidationResult.TOO_LONG:
            return Reason.PHONE_TOO_LONG
    return Reason.PHONE_NOT_IN_PLAN
