"""Washes columns: what a value ought to look like, beside what it looked like, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.by_country import Countries, by_country
from tillid.stages.wash.definitions import ColumnWash, WashKind
from tillid.stages.wash.errors import ColumnNotInBatch, RawColumnTaken
from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.ordinary_dates import DateHabits
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import as_strings
from tillid.stages.wash.verdicts import Washed, judged, with_remark
from tillid.stages.wash.washers import washer

# Of these the same come again and again.
_REPEATED = frozenset({WashKind.FIRST_NAME, WashKind.LAST_NAME, WashKind.POSTCODE, WashKind.CITY})


@dataclass(frozen=True, slots=True)
class WashedBatch:
    """A washed batch: its rows, and by the name of each washed column what was found in it."""

    rows: pa.RecordBatch
    found: Mapping[str, Washed]


def wash(
    kind: WashKind,
    values: pa.Array | pa.ChunkedArray,
    country: str | pa.Array | Countries,
    habits: DateHabits | None = None,
) -> Washed:
    """Washes one column; `country` is the ISO code of all its values, or one for each value.

    `habits` say how dates are to be read; without them nothing settles their order, and today is the system's.

    Washing what was washed changes nothing, and no text makes it raise.
    Errors: ColumnNotText, CountriesNotAligned.

    >>> washed = wash(WashKind.PHONE, pa.array(["20 12 34 56", "123", None]), "DK")
    >>> washed.values.to_pylist(), washed.verdicts.to_pylist()
    (['+4520123456', None, None], ['corrected', 'invalid', 'empty'])
    >>> washed.reasons.to_pylist()
    ['respelled', 'phone_too_short', None]
    """
    return _washed(kind, as_strings(values), country, habits)


def wash_batch(batch: pa.RecordBatch, rules: Sequence[ColumnWash], country: str) -> WashedBatch:
    """The batch with each named column washed and, right after it, `<column>_raw` as it came, as text.

    A record whose country column is empty or names no known country has the country given.
    Errors: ColumnNotInBatch, RawColumnTaken, ColumnNotText.

    >>> batch = pa.record_batch({"email": ["Ida@Example.com "], "land": ["Norge"]})
    >>> washed = wash_batch(batch, [ColumnWash("email", WashKind.EMAIL)], "DK")
    >>> washed.rows.to_pylist()
    [{'email': 'ida@example.com', 'email_raw': 'Ida@Example.com ', 'land': 'Norge'}]
    >>> washed.found["email"].verdicts.to_pylist()
    ['corrected']
    """
    by_column = _checked(batch, rules)
    countries = _countries(batch, rules, country)
    raw = {rule.column: as_strings(batch.column(rule.column)) for rule in rules}
    found = {rule.column: _washed(rule.kind, raw[rule.column], countries[rule.column], _habits(rule)) for rule in rules}
    found |= _fitted(batch, rules, countries, found)
    _doubt_swapped_names(found, rules)
    arrays: list[pa.Array] = []
    fields: list[pa.Field] = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        rule = by_column.get(field.name)
        if rule is None:
            arrays.append(column)
            fields.append(field)
            continue
        arrays += [found[rule.column].values, raw[rule.column], *_parts(batch, rule, countries[rule.column], found)]
        fields += [pa.field(rule.column, pa.string(), metadata=field.metadata), pa.field(rule.raw_column, pa.string())]
        fields += [pa.field(name, pa.string()) for _, name in rule.parts]
    return WashedBatch(
        pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields, metadata=batch.schema.metadata)), found
    )


def _doubt_swapped_names(found: dict[str, Washed], rules: Sequence[ColumnWash]) -> None:
    """Remarks on names that look as if they had swapped places, where a batch has one column of each."""
    firsts = [rule.column for rule in rules if rule.kind is WashKind.FIRST_NAME]
    lasts = [rule.column for rule in rules if rule.kind is WashKind.LAST_NAME]
    if len(firsts) != 1 or len(lasts) != 1:
        return
    from tillid.stages.wash.name_lists import swapped  # noqa: PLC0415  loads where it is used

    doubtful = swapped(found[firsts[0]].values, found[lasts[0]].values)
    if pc.any(doubtful, min_count=0).as_py():
        for column in (firsts[0], lasts[0]):
            found[column] = with_remark(found[column], doubtful, Reason.NAMES_SWAPPED)


def _washed(kind: WashKind, raw: pa.Array, country: str | pa.Array | Countries, habits: DateHabits | None) -> Washed:
    trimmed = pc.utf8_trim_whitespace(raw)
    return judged(kind, raw, trimmed, _graded(kind, trimmed, country, habits))


def _habits(rule: ColumnWash) -> DateHabits:
    return DateHabits(rule.today or date.today(), rule.date_order, rule.kind is WashKind.BIRTH_DATE)


def _fitted(
    batch: pa.RecordBatch,
    rules: Sequence[ColumnWash],
    countries: Mapping[str, Countries],
    found: Mapping[str, Washed],
) -> dict[str, Washed]:
    """What is found anew in cities and postcodes when each city is held against its record's postcode."""
    anew: dict[str, Washed] = {}
    for rule in rules:
        if rule.kind is WashKind.CITY and rule.postcode_column is not None:
            columns = rule.column, rule.postcode_column
            from tillid.stages.wash.place_records import fitted_records  # noqa: PLC0415  loads where it is used

            raw = [as_strings(batch.column(name)) for name in columns]
            washed = [_found_or_raw(batch, name, found) for name in columns]
            cities, postcodes = fitted_records(washed[0], washed[1], raw, countries[rule.column])
            anew[rule.column] = cities
            if rule.postcode_column in found:
                anew[rule.postcode_column] = postcodes
    return anew


def _found_or_raw(batch: pa.RecordBatch, name: str, found: Mapping[str, Washed]) -> Washed:
    return found[name] if name in found else wash(WashKind.NONE, batch.column(name), "")


def _parts(
    batch: pa.RecordBatch, rule: ColumnWash, countries: Countries, found: Mapping[str, Washed]
) -> list[pa.Array]:
    if not rule.parts:
        return []
    names = [part for part, _ in rule.parts]
    values = found[rule.column].values
    if rule.kind is WashKind.ADDRESS:
        from tillid.stages.wash.address_parts import address_parts  # noqa: PLC0415  loads where it is used

        return by_country(lambda columns, code: address_parts(columns[0], code, names), [values], countries)
    if rule.kind is WashKind.NAME:
        from tillid.stages.wash.name_parts import columns_of_names  # noqa: PLC0415  loads where it is used

        # As it came, for washing takes the title off.
        whole = pc.if_else(values.is_valid(), as_strings(batch.column(rule.column)), pa.scalar(None, pa.string()))
        return by_country(lambda columns, code: columns_of_names(columns[0], code, names), [whole], countries)
    from tillid.stages.wash.place_records import expected_cities  # noqa: PLC0415  loads where it is used

    postcodes = pa.nulls(len(values), pa.string())
    if rule.postcode_column is not None:
        postcodes = _found_or_raw(batch, rule.postcode_column, found).values
    return by_country(
        lambda columns, code: [expected_cities(columns[0], columns[1], code)], [postcodes, values], countries
    )


def _graded(
    kind: WashKind, trimmed: pa.Array, country: str | pa.Array | Countries, habits: DateHabits | None
) -> Graded:
    match kind:
        case WashKind.NONE:
            return unremarked(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
        case WashKind.EMAIL:
            from tillid.stages.wash.email import wash_emails  # noqa: PLC0415  loads where it is used

            return wash_emails(trimmed)
        case WashKind.DATE | WashKind.BIRTH_DATE:
            from tillid.stages.wash.dates import wash_dates  # noqa: PLC0415  loads where it is used

            return wash_dates(trimmed, habits or DateHabits(date.today(), "", kind is WashKind.BIRTH_DATE))

    def work(columns: Sequence[pa.Array], code: str) -> Sequence[pa.Array]:
        graded = _once_each(kind, columns[0], code) if kind in _REPEATED else washer(kind)(columns[0], code)
        return graded.values, graded.reasons

    return Graded(*by_country(work, [trimmed], country))


def _once_each(kind: WashKind, values: pa.Array, code: str) -> Graded:
    """As the wash of a column of one country, each distinct value washed once where many come again."""
    coded = values.dictionary_encode()
    if 2 * len(coded.dictionary) > len(values):
        return washer(kind)(values, code)
    once = washer(kind)(coded.dictionary, code)
    return Graded(once.values.take(coded.indices), once.reasons.take(coded.indices))


def _checked(batch: pa.RecordBatch, rules: Sequence[ColumnWash]) -> dict[str, ColumnWash]:
    by_column: dict[str, ColumnWash] = {}
    present = batch.schema.names
    for rule in rules:
        for needed in (rule.column, rule.country_column, rule.postcode_column):
            if needed is not None and present.count(needed) != 1:
                raise ColumnNotInBatch(needed, present)
        for made in (rule.raw_column, *(name for _, name in rule.parts)):
            if made in present or rule.column in by_column:
                raise RawColumnTaken(rule.column, made)
        by_column[rule.column] = rule
    return by_column


def _countries(batch: pa.RecordBatch, rules: Sequence[ColumnWash], country: str) -> dict[str, Countries]:
    """Column → the countries of its records; columns that go by the same column share them."""
    by_source = {
        name: Countries.of(country) if name is None else Countries.of(batch.column(name), otherwise=country)
        for name in {rule.country_column for rule in rules}
    }
    return {rule.column: by_source[rule.country_column] for rule in rules}
