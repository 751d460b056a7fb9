"""Which type a column's values have: the first, from narrow to wide, to which all of a sample can be cast."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.suggest.meanings import Meaning
from tillid.ports.source import Look
from tillid.stages.ingest.cast_column import ColumnCast, plain
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType, folded

_PLACE = "user"
_STATES = {
    "given": "given yes y ja j true 1 ok accept accepted granted opt-in subscribed tilmeldt påmeldt akkoord",
    "refused": "refused no n nej nei nee false 0 decline declined denied rejected afvist avvist geweigerd",
    "withdrawn": "withdrawn opt-out unsubscribed afmeldt avmeldt trukket tilbagetrukket afgemeld ingetrokken",
    "objected": "objected objection indsigelse innsigelse bezwaar",
}
_OWN_TYPES = (
    (pa.types.is_boolean, ColumnType.BOOLEAN),
    (pa.types.is_date, ColumnType.DATE),
    (pa.types.is_timestamp, ColumnType.TIMESTAMP),
)
_LONGEST_DAY = 10
_KEPT_AS_TEXT = ("user.contact", "user.name", "user.unique_id", "user.device", "user.government_id", "user.financial")


def type_of(header: str, values: pa.Array, meaning: Meaning | None, look: Look, timezone: str) -> ColumnType:
    """The type of a column from a sample of its values, as the file has them."""
    raw = plain(values)
    if raw.null_count == len(raw) or (meaning is not None and meaning.category.startswith(_KEPT_AS_TEXT)):
        return ColumnType.TEXT
    for type_ in _candidates(raw):
        column = ColumnDefinition(header, "column", type_, _PLACE)
        if ColumnCast(column, look, timezone, look.date_formats.get(header)).cast(raw).is_bad is None:
            return _settled(type_, meaning)
    return ColumnType.TEXT


def states_of(values: pa.Array) -> dict[str, str]:
    """The words of a column of answers and the states they stand for; empty when one of them is not known.

    >>> states_of(pa.array(["Ja", "nej", "Ja"]))
    {'ja': 'given', 'nej': 'refused'}
    """
    raw = plain(values)
    if not pa.types.is_string(raw.type):
        return {}
    words = [folded(word) for word in raw.drop_null().unique().to_pylist()]
    known = {word: state for state, said in _STATES.items() for word in said.split()}
    return {word: known[word] for word in words} if all(word in known for word in words) else {}


def is_unique(values: pa.Array) -> bool:
    """Whether every row has a value and no two have the same."""
    raw = plain(values)
    return len(raw) > 0 and raw.null_count == 0 and len(raw.unique()) == len(raw)


def repeats(values: pa.Array) -> bool:
    """Whether one value in ten or more stands there a second time."""
    raw = plain(values).drop_null()
    return len(raw) > 0 and len(raw.unique()) < 0.9 * len(raw)


def _candidates(raw: pa.Array) -> tuple[ColumnType, ...]:
    kind = raw.type
    if not pa.types.is_string(kind):
        found = tuple(type_ for is_kind, type_ in _OWN_TYPES if is_kind(kind))
        return found or (ColumnType.INTEGER, ColumnType.DECIMAL)
    text = pc.utf8_trim_whitespace(raw)
    if _any(pc.match_substring_regex(text, r"^0\d")):
        # What begins with a nought is a label, however much it looks like a number.
        return (_day_or_moment(text),)
    if _any(pc.match_substring_regex(text, r"[0-9]")):
        return (ColumnType.INTEGER, ColumnType.DECIMAL, _day_or_moment(text))
    return (ColumnType.BOOLEAN,)


def _day_or_moment(text: pa.Array) -> ColumnType:
    longest = pc.max(pc.utf8_length(text)).as_py()
    return ColumnType.DATE if longest <= _LONGEST_DAY else ColumnType.TIMESTAMP


def _settled(type_: ColumnType, meaning: Meaning | None) -> ColumnType:
    is_money = meaning is not None and meaning.is_money
    return ColumnType.MONEY if is_money and type_ in (ColumnType.INTEGER, ColumnType.DECIMAL) else type_


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask, min_count=0).as_py())
