"""National identity numbers: what is one, by its form and check digits, alone or in a free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tillid.terms.identity_digits import NationalId, Sureness, kinds_of_digits

__all__ = [
    "MARK",
    "FoundId",
    "NationalId",
    "Sureness",
    "alone",
    "decimals",
    "find_national_ids",
    "is_national_id",
    "names_legal_person",
    "names_national_id",
    "without_national_ids",
]

MARK = "[national id]"
"""What stands in a text in place of a number that was taken out."""

_RUN = re.compile(r"\d+")
_BETWEEN = re.compile(r"[ \t\r\n.\-/_,+']{0,4}")
_ESCAPED = re.compile(r"%(?:2[0-9A-Fa-f]|3[AaDdFf])")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-") | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
_PHONE = re.compile(r"(?:^|[^0-9A-Za-z])\+(?:[1-9]\d{0,2}[ \-]?(?:\(0\) ?)?)?$")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_ALONE = re.compile(r"[\W_]*(\d+(?:[ .,\-/_]{1,3}\d+)*)[\W_]*")
_NO_FRACTION = re.compile(r"(?<=\d{7})[.,]0+$")
_DECIMAL = re.compile(r"\s*[+\-]?(\d+)[.,](\d+)(?:[eE][+\-]?\d{1,3})?\s*")
_EXPONENT = re.compile(r"\s*(\d)[.,](\d+)[eE]\+?(\d{1,2})\s*")
_NAMES = (
    r"(?<![a-zæøå])(?:mine?|kunde|klant)?(?:cpr|bsn|fnr|rrn|niss|insz)(?![a-zæøå]{3})|personnr|personnum|pers\.?nr"
    r"|f(?:ø|o|oe)dselsn|d-n(?:r|um)|burger ?service|sofi ?-?n|rijks ?register|nationaal.?nummer"
    r"|num[eé]ro.?(?:de.?)?(?:national|registre)|registre.?national|national.?(?:identi|insurance|number)"
    r"|social.?security|(?<![a-z])ssn"
)
_NAMED = re.compile(rf"(?:{_NAMES})[^\d\]]{{0,24}}$", re.IGNORECASE)
_NAME = re.compile(_NAMES, re.IGNORECASE)
_LEGAL_PERSON = re.compile(r"(?<![a-z])rsin(?![a-z]{3})", re.IGNORECASE)
_NAMED_WITHIN = 48
_LONGEST, _SHORTEST = 11, 8

# The lengths of the groups in which people write a number: as the country does, then otherwise.
_WRITTEN = {
    NationalId.CPR: ((6, 4),),
    NationalId.FODSELSNUMMER: ((6, 5),),
    NationalId.D_NUMMER: ((6, 5),),
    NationalId.RIJKSREGISTERNUMMER: ((2, 2, 2, 3, 2), (6, 3, 2)),
    NationalId.BSN: (),
}
_ALSO_WRITTEN = frozenset({
    *((n,) for n in range(_SHORTEST, _LONGEST + 1)),
    *((6, 4), (2, 2, 2, 4), (2, 2, 6), (6, 2, 2), (4, 2, 4)),
    *((6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2), (4, 2, 5)),
    *((3, 3, 3), (4, 2, 3), (2, 3, 4), (4, 5), (3, 6)),
})  # fmt: skip
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_IBAN_LENGTHS = {"BE": 16, "DE": 22, "DK": 18, "FI": 18, "FR": 27, "GB": 22, "LU": 20, "NL": 18, "NO": 15, "SE": 24}


@dataclass(frozen=True, slots=True)
class FoundId:
    """A national identity number in a text, from `start` to before `end` (characters), and how sure it is."""

    kind: NationalId
    start: int
    end: int
    sureness: Sureness = Sureness.LIKELY


def is_national_id(text: str) -> NationalId | None:
    """The kind of number that the whole text is, or None: its digits with dots, dashes and blanks or without.

    It asks for the number's form alone. One number of nine digits in eleven is a BSN by chance, and one date
    with four digits in one is a CPR, so a column is judged as a whole (`stages/ingest/quarantine.py`) and a
    free text by `find_national_ids`.

    >>> is_national_id("010170-1234"), is_national_id(" 111 222 333 "), is_national_id("310270-1234")
    (<NationalId.CPR: 'cpr'>, <NationalId.BSN: 'bsn'>, None)
    """
    digits = alone(text)
    if digits is None or len(digits) < 9:
        return None
    return next((kind for kind, _ in kinds_of_digits(digits) if not _lost_zero(kind, digits)), None)


def find_national_ids(text: str, least: Sureness = Sureness.LIKELY) -> tuple[FoundId, ...]:
    """The numbers that stand in a free text, in order and apart, of which it is at least so sure.

    A BSN, a CPR that fails modulus 11 and a number that lost its leading zero count only when they are named
    (`BSN 111222333`) or written as their country writes them; others by their form.

    >>> [(f.kind.value, f.start, f.end) for f in find_national_ids("CPR:0101701234, ring 12 34 56 78.")]
    [('cpr', 4, 14)]
    """
    plain = _plain(text)
    runs = [(m.start(), m.end()) for m in _RUN.finditer(plain)]
    barred: list[tuple[int, int]] | None = None
    found: list[FoundId] = []
    end = -1
    for index, (start, _) in enumerate(runs):
        if start < end:
            continue
        best = max(_windows(plain, runs, index, least), key=lambda f: (f.sureness, f.end), default=None)
        if best is not None:
            barred = _ibans(plain) if barred is None else barred
            if not any(low <= start < high for low, high in barred):
                found.append(best)
                end = best.end
    return tuple(found)


def without_national_ids(text: str, least: Sureness = Sureness.LIKELY) -> str:
    """The text with `MARK` in place of each number that `find_national_ids` finds.

    >>> without_national_ids("Ida, 010170-1234, ringer igen")
    'Ida, [national id], ringer igen'
    """
    parts, at = [], 0
    for found in find_national_ids(text, least):
        parts += [text[at : found.start], MARK]
        at = found.end
    return "".join([*parts, text[at:]]) if parts else text


def names_national_id(header: str) -> bool:
    """Whether a header, a field or a label says that a national identity number stands there.

    >>> names_national_id("Kundens CPR-nr."), names_national_id("bsn"), names_national_id("Kundenr.")
    (True, True, False)
    """
    return _NAME.search(header) is not None or _NAME.search(re.sub(r"(?<=[a-zæøå])(?=[A-Z])", " ", header)) is not None


def names_legal_person(header: str) -> bool:
    """Whether a header says that numbers of Dutch legal persons stand there: an RSIN passes the 11-proof of the BSN.

    A VAT number (btw) is not meant: those of sole traders held their BSN until 2020.

    >>> names_legal_person("RSIN klant"), names_legal_person("btw-nummer"), names_legal_person("versinaam")
    (True, False, False)
    """
    return _LEGAL_PERSON.search(header) is not None


def alone(text: str) -> str | None:
    """The 8 to 11 digits that are all that a text says, however it separates them; None for any other text.

    >>> alone("0101701234.0"), alone("1.01701234E8"), alone("111.222.333"), alone("+45 12 34 56 78"), alone("A1234567")
    ('0101701234', '101701234', '111222333', None, None)
    """
    if text.isascii() and text.isdigit():
        return text if _SHORTEST <= len(text) <= _LONGEST else None
    plain = _NO_FRACTION.sub("", _plain(text).strip())
    exponent = _EXPONENT.fullmatch(plain)
    if exponent is not None:
        first, rest, power = exponent.groups()
        whole = first + rest.rstrip("0")
        # A number with fewer digits than these is a measure.
        digits = whole.ljust(int(power) + 1, "0") if _SHORTEST <= len(whole) <= int(power) + 1 <= _LONGEST else ""
    else:
        match = _ALONE.fullmatch(plain)
        if match is None or _is_phone(plain, match.start(1)) or decimals(text) is not None:
            return None
        digits = "".join(_RUN.findall(match[1]))
    return digits if _SHORTEST <= len(digits) <= _LONGEST else None


def decimals(text: str) -> str | None:
    """The digits after the mark of a text that is nothing but a decimal number; None for any other text.

    A whole number with zeros after it is none, nor are digits that stand as people write a national identity
    number (`010170.1234`), nor is one with an exponent that is whole.

    >>> decimals("3786.66666666667"), decimals("9,83E-05"), decimals("101701234.0"), decimals("010170.1234")
    ('66666666667', '83', None, None)
    """
    plain = _plain(text)
    match = _DECIMAL.fullmatch(plain)
    if match is None or _EXPONENT.fullmatch(plain) is not None:
        return None
    whole, fraction = match.groups()
    is_other = not fraction.strip("0") or (len(whole), len(fraction)) in _ALSO_WRITTEN
    return None if is_other else fraction


def _windows(plain: str, runs: Sequence[tuple[int, int]], index: int, least: Sureness) -> Iterator[FoundId]:
    """What the runs of digits from `index` on may be, taken together."""
    start, digits = runs[index][0], ""
    lengths: tuple[int, ...] = ()
    is_named: bool | None = None
    for place in range(index, len(runs)):
        low, high = runs[place]
        if len(digits) + high - low > _LONGEST or (place > index and not _joins(plain, runs[place - 1][1], low)):
            return
        lengths = (*lengths, high - low)
        digits += plain[low:high]
        for kind, sure in kinds_of_digits(digits) if len(digits) >= _SHORTEST else ():
            if is_named is None:
                is_named = _NAMED.search(plain, max(0, start - _NAMED_WITHIN), start) is not None
            if is_named or lengths in _ALSO_WRITTEN:
                is_free = _stands_free(plain, runs, index, place)
                shape = _Shape(lengths, plain[start:high], is_named, is_free, _is_phone(plain, start))
                sureness = shape.sureness(kind, sure)
                if sureness >= least:
                    yield FoundId(kind, start, high, sureness)


def _joins(plain: str, start: int, end: int) -> bool:
    return _BETWEEN.fullmatch(plain, start, end) is not None


@dataclass(frozen=True, slots=True)
class _Shape:
    """How digits are written, and whether other digits go on before or after them."""

    lengths: tuple[int, ...]
    text: str
    is_named: bool
    is_free: bool
    is_phone: bool

    def sureness(self, kind: NationalId, sure: Sureness) -> Sureness:
        if self.is_named or (self.lengths in _WRITTEN[kind] and "-" in self.text and not _lost_zero(kind, self.text)):
            return Sureness.FORMED
        if self.is_phone or (len(self.lengths) > 1 and (not self.is_free or self._is_moment(kind))):
            return Sureness.POSSIBLE
        return sure

    def _is_moment(self, kind: NationalId) -> bool:
        """Whether it may be a date with a time of day: 01-12-20 1430."""
        return kind is NationalId.CPR and self.text[-5].isspace() and _CLOCK.fullmatch(self.text[-4:]) is not None


def _lost_zero(kind: NationalId, digits: str) -> bool:
    length = {NationalId.CPR: 10, NationalId.BSN: 9}.get(kind, 11)
    return len("".join(_RUN.findall(digits))) < length


def _stands_free(plain: str, runs: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Whether no further group of digits stands next to these: they are not the middle of a longer number."""
    start, end = runs[first][0], runs[last][1]
    before = first > 0 and start - runs[first - 1][1] == 1 and _joins(plain, start - 1, start)
    after = last + 1 < len(runs) and runs[last + 1][0] - end == 1 and _joins(plain, end, end + 1)
    return not (before or after)


def _is_phone(plain: str, start: int) -> bool:
    # No country's code begins with 0, and in a query string + is a blank.
    return plain[start] != "0" and _PHONE.search(plain, max(0, start - 12), start) is not None


def _plain(text: str) -> str:
    """The text, character by character, with ASCII digits, dashes and blanks, and without escapes of a URL."""
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text.translate(_DASHES))
    return _ESCAPED.sub(lambda m: "-  " if m[0].upper() == "%2D" else "   ", text) if "%" in text else text


def _ibans(plain: str) -> list[tuple[int, int]]:
    found = []
    for match in _IBAN.finditer(plain) if any(c.isalpha() for c in plain) else ():
        account = match[0].replace(" ", "")
        turned = account[4:] + account[:4]
        is_one = (
            len(account) == _IBAN_LENGTHS.get(account[:2]) and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
        )
        if is_one:
            found.append(match.span())
    return found
