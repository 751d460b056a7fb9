"""Washes columns: what a value ought to look like, beside what it looked like, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.countries import countries_of, country_of
from tillid.stages.wash.definitions import ColumnWash, WashKind
from tillid.stages.wash.email import wash_emails
from tillid.stages.wash.errors import ColumnNotInBatch, CountriesNotAligned, RawColumnTaken
from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.names import wash_names
from tillid.stages.wash.phone import wash_phones
from tillid.stages.wash.places import wash_cities, wash_postcodes
from tillid.stages.wash.reasons import Graded
from tillid.stages.wash.text import as_strings
from tillid.stages.wash.verdicts import Washed, judged

_BY_COUNTRY = {
    WashKind.PHONE: wash_phones,
    WashKind.NAME: wash_names,
    WashKind.POSTCODE: wash_postcodes,
    WashKind.CITY: wash_cities,
}


@dataclass(frozen=True, slots=True)
class WashedBatch:
    """A washed batch: its rows, and by the name of each washed column what was found in it."""

    rows: pa.RecordBatch
    found: Mapping[str, Washed]


def wash(kind: WashKind, values: pa.Array | pa.ChunkedArray, country: str | pa.Array) -> Washed:
    """Washes one column; `country` is the ISO code of all its values, or one for each value.

    Washing what was washed changes nothing, and no text makes it raise.
    Errors: ColumnNotText, CountriesNotAligned.

    >>> washed = wash(WashKind.PHONE, pa.array(["20 12 34 56", "123", None]), "DK")
    >>> washed.values.to_pylist(), washed.verdicts.to_pylist()
    (['+4520123456', None, None], ['corrected', 'invalid', 'empty'])
    >>> washed.reasons.to_pylist()
    ['respelled', 'phone_too_short', None]
    """
    raw = as_strings(values)
    trimmed = pc.utf8_trim_whitespace(raw)
    return judged(kind, raw, trimmed, _graded(kind, trimmed, country))


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
    arrays: list[pa.Array] = []
    fields: list[pa.Field] = []
    found: dict[str, Washed] = {}
    for field, column in zip(batch.schema, batch.columns, strict=True):
        rule = by_column.get(field.name)
        if rule is None:
            arrays.append(column)
            fields.append(field)
            continue
        raw = as_strings(column)
        washed = found[rule.column] = wash(rule.kind, raw, _countries(batch, rule, country))
        arrays += [washed.values, raw]
        fields += [pa.field(rule.column, pa.string(), metadata=field.metadata), pa.field(rule.raw_column, pa.string())]
    return WashedBatch(
        pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields, metadata=batch.schema.metadata)), found
    )


def _graded(kind: WashKind, trimmed: pa.Array, country: str | pa.Array) -> Graded:
    match kind:
        case WashKind.NONE:
            return unremarked(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
        case WashKind.EMAIL:
            return wash_emails(trimmed)
    if isinstance(country, str):
        return _BY_COUNTRY[kind](trimmed, country_of(country))
    return _graded_by_country(kind, trimmed, as_strings(country))


def _graded_by_country(kind: WashKind, trimmed: pa.Array, countries: pa.Array) -> Graded:
    if len(countries) != len(trimmed):
        raise CountriesNotAligned(len(trimmed), len(countries))
    codes = pc.fill_null(countries_of(countries), "").dictionary_encode()
    # Country by country in one row, and then each value back to its place.
    there = [pa.array([], pa.int64())]
    parts = [unremarked(pa.array([], pa.string()))]
    for number, code in enumerate(codes.dictionary.to_pylist()):
        here = pc.indices_nonzero(pc.equal(codes.indices, number)).cast(pa.int64())
        there.append(here)
        parts.append(_BY_COUNTRY[kind](trimmed.take(here), code))
    places = pc.inverse_permutation(pa.concat_arrays(there))
    return Graded(
        pa.concat_arrays([part.values for part in parts]).take(places),
        pa.concat_arrays([part.reasons for part in parts]).take(places),
    )


def _checked(batch: pa.RecordBatch, rules: Sequence[ColumnWash]) -> dict[str, ColumnWash]:
    by_column: dict[str, ColumnWash] = {}
    present = batch.schema.names
    for rule in rules:
        for needed in (rule.column, rule.country_column):
            if needed is not None and present.count(needed) != 1:
                raise ColumnNotInBatch(needed, present)
        if rule.raw_column in present or rule.column in by_column:
            raise RawColumnTaken(rule.column, rule.raw_column)
        by_column[rule.column] = rule
    return by_column


def _countries(batch: pa.RecordBatch, rule: ColumnWash, country: str) -> str | pa.Array:
    if rule.country_column is None:
        return country
    codes = countries_of(as_strings(batch.column(rule.country_column)))
    return pc.if_else(pc.fill_null(pc.equal(codes, ""), True), country, codes)
