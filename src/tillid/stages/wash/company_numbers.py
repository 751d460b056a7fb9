"""Numbers of companies in the registers of the four countries, held against their check digits."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import clean, is_placeholder, only_where

LONGEST_NUMBER = 60

# Weights of the sum that 11 must divide, the check digit included: the registers' own rules.
_CVR = (2, 7, 6, 5, 4, 3, 2, 1)
_ORGANISASJONSNUMMER = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_RSIN = (9, 8, 7, 6, 5, 4, 3, 2, -1)

_LABEL = re.compile(
    r"^(?:CVR|SE|ORG|ORGANISASJONS?|ORGNR|FORETAKS|KVK|K\.V\.K|BTW|TVA|MVA|VAT|RSIN|KBO|BCE|ONDERNEMINGS?|N)?"
    r"[-. ]{0,2}(?:NUMMER|NUMBER|NR|NO(?=[.: ])|ID|°)?[.:# -]*(?=[A-Z]{0,2}[ .-]?\d)"
)
_COUNTRY = re.compile(r"^(DK|NO|NL|BE)(?=[ .-]*\d)")
_SPREADSHEET_FRACTION = re.compile(r"(?<=\d{6})\.0$")
_DUTCH_VAT = re.compile(r"(\d{9})B(\d{2})")
_EXAMPLE = re.compile(r"(\d)\1*|0?12345678")
_EXAMPLES = "^(?:" + "|".join([f"{digit}{{8}}" for digit in range(10)]) + "|12345678)$"
_UNCHECKED = str(Reason.COMPANY_NUMBER_UNCHECKED)
_ELSEWHERE = re.compile(r"[A-Z]{0,4}\d[0-9A-Z]{4,17}")


def wash_company_numbers(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to numbers of companies as their register has them, null where a value is not one.

    Denmark: CVR, 8 digits. Norway: organisasjonsnummer, 9. Belgium: enterprise number, 10. The Netherlands: KvK, 8
    digits without a check digit, or RSIN, 9, or VAT identification, NL…B… A number with the prefix of another of
    these countries is held against that country's rule and keeps the prefix.
    """

    def slowly(text: str) -> Grade:
        return company_number_grade(text, country)

    if country not in _AT_ONCE:
        return fast_or_graded(unremarked(pa.nulls(len(values), pa.string())), values, slowly)
    bare = pc.replace_substring_regex(values, f"^{country}[ -]?([0-9])", r"\1")
    found = unremarked(_AT_ONCE[country](bare))
    if country == "NL":
        found = Graded(found.values, only_where(found.values.is_valid(), pa.repeat(_UNCHECKED, len(values))))
    return fast_or_graded(found, values, slowly)


def company_number_grade(text: str, country: str) -> Grade:
    """The number of a company in a text, or None, and what is to be said of it.

    >>> company_number_grade("CVR-nr. 24 25 67 90", "DK"), company_number_grade("BE 0403.170.701", "BE")
    (('24256790', None), ('0403170701', None))
    >>> company_number_grade("24256791", "DK")
    (None, <Reason.COMPANY_NUMBER_CHECK: 'company_number_check'>)
    """
    if len(text) > LONGEST_NUMBER or is_placeholder(text):
        return None, None
    bare = _SPREADSHEET_FRACTION.sub("", clean(text).upper())
    bare = _LABEL.sub("", bare) if _COUNTRY.match(bare) is None else bare
    prefix = _COUNTRY.match(bare)
    of = prefix[1] if prefix else country
    digits = re.sub(r"[ .\-/]", "", bare[len(of) if prefix else 0 :]).removesuffix("MVA")
    if not digits.isascii():
        return None, None
    if of not in _RULES:
        return (digits, None) if _ELSEWHERE.fullmatch(digits) else (None, None)
    if not digits.isdigit() and not (of == "NL" and _DUTCH_VAT.fullmatch(digits)):
        return None, None
    number, said = _RULES[of](digits)
    if number is not None and of != country and not number.startswith(of):
        number = f"{of}{number}"
    return number, said


def _danish(digits: str) -> Grade:
    if len(digits) != 8:
        return None, Reason.COMPANY_NUMBER_LENGTH
    return _checked(digits, digits[0] != "0" and _weighted(digits, _CVR) % 11 == 0)


def _norwegian(digits: str) -> Grade:
    if len(digits) != 9:
        return None, Reason.COMPANY_NUMBER_LENGTH
    return _checked(digits, digits[0] in "89" and _weighted(digits, _ORGANISASJONSNUMMER) % 11 == 0)


def _dutch(digits: str) -> Grade:
    if (vat := _DUTCH_VAT.fullmatch(digits)) is not None:
        # Sole traders' numbers since 2020 follow ISO 7064, mod 97-10, with N and L as 23 and 21.
        agrees = int(vat[2]) > 0 and (_weighted(vat[1], _RSIN) % 11 == 0 or int(f"2321{vat[1]}11{vat[2]}") % 97 == 1)
        return _checked(f"NL{digits}", agrees)
    if len(digits) == 9:
        agrees = _weighted(digits, _RSIN) % 11 == 0 and int(digits) > 0
        return (digits, Reason.COMPANY_NUMBER_MAYBE_PERSON) if agrees else (None, Reason.COMPANY_NUMBER_CHECK)
    if len(digits) not in (7, 8):
        return None, Reason.COMPANY_NUMBER_LENGTH
    if len(digits) == 7:
        return digits.zfill(8), Reason.COMPANY_NUMBER_GUESSED
    return digits, Reason.TEST_VALUE if _EXAMPLE.fullmatch(digits) else Reason.COMPANY_NUMBER_UNCHECKED


def _belgian(digits: str) -> Grade:
    if len(digits) not in (9, 10):
        return None, Reason.COMPANY_NUMBER_LENGTH
    padded = digits.zfill(10)
    agrees = padded[0] in "01" and int(padded[:8]) > 0 and 97 - int(padded[:8]) % 97 == int(padded[8:])
    number, said = _checked(padded, agrees)
    return number, Reason.COMPANY_NUMBER_ZERO_RESTORED if number and padded != digits else said


_RULES = {"DK": _danish, "NO": _norwegian, "NL": _dutch, "BE": _belgian}


def _checked(number: str, agrees: bool) -> Grade:
    return (number, None) if agrees else (None, Reason.COMPANY_NUMBER_CHECK)


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _danish_at_once(values: pa.Array) -> pa.Array:
    digits = only_where(pc.match_substring_regex(values, r"^[1-9][0-9]{7}$"), values)
    return only_where(_sum_is_divisible(digits, _CVR), digits)


def _norwegian_at_once(values: pa.Array) -> pa.Array:
    digits = only_where(pc.match_substring_regex(values, r"^[89][0-9]{8}$"), values)
    return only_where(_sum_is_divisible(digits, _ORGANISASJONSNUMMER), digits)


def _belgian_at_once(values: pa.Array) -> pa.Array:
    bare = pc.replace_substring_regex(values, r"^([01][0-9]{3})[. ]([0-9]{3})[. ]([0-9]{3})$", r"\1\2\3")
    digits = only_where(pc.match_substring_regex(bare, r"^[01][0-9]{9}$"), bare)
    number = digits.cast(pa.int64())
    base = pc.divide(number, 100)
    rest = pc.subtract(97, _modulo(base, 97))
    return only_where(pc.and_(pc.equal(rest, _modulo(number, 100)), pc.greater(base, 0)), digits)


def _dutch_at_once(values: pa.Array) -> pa.Array:
    digits = only_where(pc.match_substring_regex(values, r"^[0-9]{8}$"), values)
    return only_where(pc.invert(pc.match_substring_regex(digits, _EXAMPLES)), digits)


_AT_ONCE = {"BE": _belgian_at_once, "DK": _danish_at_once, "NL": _dutch_at_once, "NO": _norwegian_at_once}


def _sum_is_divisible(digits: pa.Array, weights: tuple[int, ...]) -> pa.Array:
    """Whether 11 divides the weighted sum of the digits; null stays null."""
    left = digits.cast(pa.int64())
    total = pc.multiply(left, 0)
    for weight in reversed(weights):
        total = pc.add(total, pc.multiply(_modulo(left, 10), weight))
        left = pc.divide(left, 10)
    return pc.equal(_modulo(total, 11), 0)


def _modulo(numbers: pa.Array, divisor: int) -> pa.Array:
    return pc.subtract(numbers, pc.multiply(pc.divide(numbers, divisor), divisor))
