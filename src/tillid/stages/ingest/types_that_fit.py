"""Finds the type of a column from every value that it has: one is given only where nothing is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look
from tillid.stages.ingest.columns import ColumnType
from tillid.stages.ingest.to_number import decimal_of, integer_of, spelled_out
from tillid.stages.ingest.to_text import text_of
from tillid.stages.ingest.to_time import timestamp_of
from tillid.terms.header_words import meaning_of

_CODES = ("user.contact.phone_number", "user.contact.address.postal_code", "user.government_id")
_WHOLE = r"^\s*-?(?:0|[1-9]\d{0,17})\s*$"
_GROUP = {".": "[,' \u00a0\u202f]", ",": "[.' \u00a0\u202f]"}
_TRUTHS = tuple(
    tuple(pair.split("/"))
    for pair in "true/false ja/nej ja/nei ja/nee ja/nein yes/no oui/non y/n j/n sand/falsk sann/usann".split()
)
_HAS_TIME = r"\d[Tt ]\s*\d"
_MOST_DIGITS = 38
_NANOSECONDS = r"[.,]\d{7,}"
_ZONE = r"(?:[Zz]|\d[+-]\d{2}(?::?\d{2})?)\s*$"
_DATE_BEGINS = re.compile(r"\d[-./ ]\d|\d{8}")
_TIME_FIRST = r"^\s*\d{1,2}:\d{2}"


@dataclass
class _Numbers:
    """What decimals of one mark a column has: whether all fit, their most digits, and what shows the mark."""

    mark: str
    fits: bool = True
    whole: int = 1
    scale: int = 0
    is_shown: bool = False
    is_grouped: bool = False
    is_fraction: bool = False

    @cached_property
    def shape(self) -> str:
        group, mark = _GROUP[self.mark], re.escape(self.mark)
        return rf"^\s*-?(?:0|[1-9]\d*|[1-9]\d{{0,2}}(?:{group}\d{{3}})+)?(?:{mark}\d*)?\s*$"

    def see(self, text: pa.Array) -> None:
        mark = re.escape(self.mark)
        if self.fits and _any(text, r"\d[eE][+-]\d"):
            # With its sign a power is one; 12E3 may be a code.
            text = text if _any(text, r"\d[eE]\d") else spelled_out(pc.utf8_trim_whitespace(text), self.mark)
            self.is_fraction = True
        if not self.fits or not _all(text, self.shape) or not _all(text, r"\d"):
            self.fits = False
            return
        plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(text), f"{_GROUP[self.mark]}|-", "")
        has_mark = pc.match_substring(plain, self.mark)
        scale = pc.binary_length(pc.replace_substring_regex(plain, rf"^\d*{mark}?", ""))
        whole = pc.binary_length(pc.replace_substring_regex(plain, rf"{mark}.*$", ""))
        self.scale = max(self.scale, pc.max(scale).as_py() or 0)
        self.whole = max(self.whole, pc.max(whole).as_py() or 0)
        self.is_fraction |= bool(has_mark.true_count)
        self.is_grouped |= _any(text, rf"\d{_GROUP[self.mark]}\d")
        # One group of three digits could be either: only another shape shows what the mark is.
        ambiguous = r"^\s*-?[1-9]\d{0,2}[.,]\d{3}\s*$"
        marked = text.filter(pc.match_substring_regex(text, r"[.,]"))
        self.is_shown |= not _all(marked, ambiguous)


@dataclass
class TypeOfColumn:
    """Sees all values of one column, batch by batch, and then says its type and casts them.

    Text keeps what a type would lose: leading zeros, a plus sign, more than 18 digits of a whole number, a
    fraction of a microsecond, truths of one kind alone, and whatever is mixed. What `look` found of decimal
    mark and date format is a proposal: the column's own evidence comes before it.

    >>> look = Look("csv", "utf-8", ";", '"', ",", {}, 1, ("a",), None, ())
    >>> columns = [TypeOfColumn(header, look) for header in "ab"]
    >>> for column, values in zip(columns, (["1", "2,50"], ["007", "8"])):
    ...     column.see(pa.array(values))
    >>> [str(column.type) for column in columns], columns[0].cast(pa.array(["2,50", ""])).to_pylist()
    (['decimal', 'text'], [Decimal('2.50'), None])
    """

    header: str
    look: Look
    kinds: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    is_whole: bool = True
    has_time: bool = False
    zones: set[bool] = field(default_factory=set)
    longest_whole: int = 0

    def __post_init__(self) -> None:
        meaning = meaning_of(self.header)
        self._is_code = bool(meaning and meaning.category.startswith(_CODES))
        is_text_file = self.look.format in ("csv", "tsv")
        self._reads_numbers = is_text_file and not self._is_code
        # A comma that separates cells is a decimal comma too only where the file shows so: else "3,3" is a pair.
        has_comma = self.look.separator != "," or self.look.decimal == ","
        marks = (".", ",") if has_comma else (".",)
        self._numbers = [_Numbers(mark) for mark in marks] if self._reads_numbers else []
        self._exact: pa.DataType | None = None
        found = self.look.date_formats.get(self.header)
        swapped = found.translate(str.maketrans("dm", "md")) if found and found[1] in "dm" else None
        self._formats: list[str | None] = [found] if not swapped else [found, swapped]
        if found is not None:
            self._formats.append(None)
        if self._is_code or self.look.format == "excel":
            self._formats = []
        if not is_text_file:
            self._formats = self._formats[-1:]  # ISO alone: JSON has no other way to write a date

    def see(self, values: pa.Array) -> None:
        """The next values, as they were read."""
        if pa.types.is_dictionary(values.type):
            values = pc.cast(values, values.type.value_type)
        if pa.types.is_null(values.type):
            return
        if not _is_text(values.type):
            self._see_typed(values)
            return
        text = pc.drop_null(pc.cast(values, pa.string()))
        text = text.filter(pc.not_equal(text, ""))
        if not len(text):
            return
        self.kinds.add("text")
        if self._reads_numbers:
            self._see_numbers(text)
            self._see_words(text)
        self._see_dates(text)

    def _see_typed(self, values: pa.Array) -> None:
        kind = values.type
        if not len(values) - values.null_count:
            return
        if pa.types.is_floating(kind) and self.look.format == "excel":
            filled = pc.drop_null(values)
            whole = pc.and_(pc.equal(pc.floor(filled), filled), pc.less(pc.abs(filled), float(1 << 53)))
            self.kinds.add("integer" if pc.all(whole).as_py() else "decimal")
        elif kind == pa.uint64():
            self.kinds.add("integer" if pc.max(values).as_py() < 1 << 63 else "other")
        else:
            self._exact = kind if pa.types.is_decimal(kind) else self._exact
            self.kinds.add(_kind_of(kind))

    def _see_numbers(self, text: pa.Array) -> None:
        self.is_whole = self.is_whole and _all(text, _WHOLE)
        if not self.is_whole:
            for numbers in self._numbers:
                numbers.see(text)
        else:
            self.longest_whole = max(self.longest_whole, pc.max(pc.binary_length(text)).as_py())

    def _see_words(self, text: pa.Array) -> None:
        if len(self.words) <= 2:
            self.words.update(word.strip().lower() for word in pc.unique(text.slice(0, 1000)).to_pylist())
        if len(self.words) <= 2:
            self.words.update(word.strip().lower() for word in pc.unique(text).to_pylist())

    def _see_dates(self, text: pa.Array) -> None:
        # Every value must be a date, so the first one that is none settles a column without a look at the others.
        if self._formats and not _DATE_BEGINS.search(text[0].as_py()):
            self._formats = []
        if self._formats and (_any(text, _NANOSECONDS) or _any(text, _TIME_FIRST)):
            self._formats = []
        self._formats = [format_ for format_ in self._formats if not timestamp_of(text, "UTC", format_).null_count]
        if self._formats:
            self.has_time = self.has_time or _any(text, _HAS_TIME)
            if self.has_time:
                zoned = pc.match_substring_regex(text, _ZONE)
                with_time = pc.match_substring_regex(text, _HAS_TIME)
                self.zones.update(pc.unique(pc.and_(zoned, with_time)).to_pylist())

    @property
    def type(self) -> ColumnType:
        """The type that every value fits."""
        if self.kinds != {"text"}:
            return _type_of(self.kinds)
        if self._formats and len(self.zones) < 2:
            return ColumnType.TIMESTAMP if self.has_time else ColumnType.DATE
        if self._reads_numbers and self.is_whole:
            return ColumnType.INTEGER
        numbers = self._chosen
        if numbers is not None:
            return ColumnType.DECIMAL if numbers.is_fraction else ColumnType.INTEGER
        return ColumnType.BOOLEAN if self._truths else ColumnType.TEXT

    @property
    def date_format(self) -> str | None:
        """The format of dates, where they are not ISO's."""
        return self._formats[0] if self._formats else None

    @property
    def is_day_or_month(self) -> bool:
        """Whether day and month could be the other way round in every value."""
        return self.type in (ColumnType.DATE, ColumnType.TIMESTAMP) and len([f for f in self._formats if f]) > 1

    @property
    def is_number_ambiguous(self) -> bool:
        """Whether the column stays text because a mark may be that of decimals or of thousands."""
        fits = [numbers for numbers in self._numbers if numbers.fits]
        return self.kinds == {"text"} and not self.is_whole and bool(fits) and self.type is ColumnType.TEXT

    @property
    def _chosen(self) -> _Numbers | None:
        """The numbers whose mark the column itself shows, else those of the file's mark."""
        fits = [n for n in self._numbers if n.fits and max(n.whole, self.longest_whole) + n.scale <= _MOST_DIGITS]
        fits = [n for n in fits if n.is_fraction or n.whole <= 18]
        shown = [n for n in fits if n.is_shown]
        if len(shown) == 1:
            return shown[0]
        if shown:
            return next((n for n in shown if n.mark == self.look.decimal), None)
        # A point in a file that no comma separates otherwise is a decimal point, as everywhere in programs.
        by_file = next((n for n in fits if n.mark == self.look.decimal), None)
        return by_file if by_file and by_file.mark == "." and by_file.is_fraction else None

    @property
    def _truths(self) -> tuple[str, ...] | None:
        if self.words and self.words <= set(_TRUTHS[0]):
            return _TRUTHS[0]
        return next((pair for pair in _TRUTHS if self.words == set(pair)), None)

    @property
    def arrow_type(self) -> pa.DataType:
        """How Arrow keeps the values."""
        kind = self.type
        numbers = self._chosen if self.kinds == {"text"} else None
        if kind is ColumnType.DECIMAL:
            exact = self._exact or pa.float64()
            return exact if numbers is None else pa.decimal128(_MOST_DIGITS, numbers.scale)
        zone = "UTC" if self.zones == {True} or self.kinds == {"zoned"} else None
        arrow = {
            ColumnType.INTEGER: pa.int64(),
            ColumnType.BOOLEAN: pa.bool_(),
            ColumnType.DATE: pa.date32(),
            ColumnType.TIMESTAMP: pa.timestamp("us", zone),
        }
        return arrow.get(kind, pa.string())

    def cast(self, values: pa.Array) -> pa.Array:  # noqa: PLR0911  one line a type reads best
        """Values of one batch in that type; empty text is null."""
        kind, to = self.type, self.arrow_type
        if pa.types.is_dictionary(values.type):
            values = pc.cast(values, values.type.value_type)
        if pa.types.is_null(values.type):
            return pa.nulls(len(values), to)
        if not _is_text(values.type):
            return _cast_typed(values, kind, to)
        text = pc.cast(values, pa.string())
        text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        numbers = self._chosen
        mark = numbers.mark if numbers else "."
        if kind is ColumnType.INTEGER:
            return integer_of(text, mark)
        if kind is ColumnType.DECIMAL:
            return decimal_of(text, to, mark, rounds=False)
        if kind is ColumnType.BOOLEAN:
            return pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(text)), (self._truths or ("true", ""))[0])
        if kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
            moments = timestamp_of(text, "UTC", self.date_format)
            return pc.cast(moments, to) if kind is ColumnType.DATE else moments.view(to)
        return text


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _kind_of(kind: pa.DataType) -> str:  # noqa: PLR0911  one line a type reads best
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "decimal"
    if pa.types.is_decimal(kind):
        return f"exact {kind}"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "zoned" if kind.tz else "timestamp"
    return "other"


def _type_of(kinds: set[str]) -> ColumnType:
    if kinds <= {"integer"} and kinds:
        return ColumnType.INTEGER
    if (kinds and kinds <= {"integer", "decimal"}) or (len(kinds) == 1 and next(iter(kinds)).startswith("exact")):
        return ColumnType.DECIMAL
    if kinds and kinds <= {"date", "timestamp"}:
        return ColumnType.DATE if kinds == {"date"} else ColumnType.TIMESTAMP
    if kinds == {"zoned"}:
        return ColumnType.TIMESTAMP
    return ColumnType.BOOLEAN if kinds == {"boolean"} else ColumnType.TEXT


def _cast_typed(values: pa.Array, kind: ColumnType, to: pa.DataType) -> pa.Array:
    if kind is ColumnType.TEXT:
        return text_of(values)
    if kind is ColumnType.DECIMAL and pa.types.is_decimal(values.type):
        return values
    return pc.cast(values, to, safe=False)


def _all(text: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(text, pattern), min_count=0).as_py() is True


def _any(text: pa.Array, pattern: str) -> bool:
    return bool(pc.match_substring_regex(text, pattern).true_count)
