"""Takes national identity numbers out of rows as they were read, before anything of them is written anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import RawBatch, UnreadableRow
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.id_candidates import Verdicts, candidate_numbers, candidate_texts, texts_with_digits
from tillid.stages.ingest.id_evidence import Evidence, Verdict
from tillid.terms.categories import covers, holds_national_ids
from tillid.terms.identity_digits import NationalId, Sureness, kinds_of_digits
from tillid.terms.national_ids import (
    alone,
    decimals,
    find_national_ids,
    names_legal_person,
    names_national_id,
    without_national_ids,
)

_SAMPLE = 4_000
_ENOUGH = 8_000
_FEW = 50
_LONGEST = 11
_NOT_LOOKED_AT = (ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.BOOLEAN)
_ALL_IDS = dict.fromkeys(NationalId, Verdict.IDS)
_SMALLEST, _LARGEST = 10**7, 10**11


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch, with what each of its columns that is looked at holds (by header)."""

    raw: RawBatch
    verdicts: Mapping[str, Verdicts]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A batch without national identity numbers.

    `emptied` marks, by header, the rows whose value was one and is now empty; `taken` counts, by header and
    kind, the numbers that were taken out, those in longer texts included.
    """

    raw: RawBatch
    emptied: Mapping[str, pa.Array]
    taken: Counter[tuple[str, NationalId]]


@dataclass(slots=True)
class Quarantine:
    """Finds and takes out the national identity numbers of one source, but in `lawful` columns (by name).

    `evidence` is what was seen of each column (by header) so far; `judge` adds to it, batch after batch in the
    order of the file, so that the same files always give the same verdicts. `clean` changes nothing.
    """

    source: SourceDefinition
    lawful: Collection[str] = ()
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def judge(self, raw: RawBatch) -> Judged:
        """Look at a sample of each column's values and say what the column holds."""
        verdicts = {}
        for column in self.source.columns:
            if self._is_looked_at(column) and column.header in raw.table.schema.names:
                values = raw.table.column(column.header)
                seen = self.evidence.setdefault(column.header, Evidence())
                _sample(values, seen)
                verdicts[column.header] = _verdicts(column, seen)
        return Judged(raw, verdicts)

    def clean(self, judged: Judged) -> Cleaned:
        """The batch with a value that is a number made empty, and `MARK` in place of one in a longer text."""
        raw, taken, emptied = judged.raw, Counter[tuple[str, NationalId]](), {}
        table = raw.table
        for header, verdicts in judged.verdicts.items():
            place = table.schema.get_field_index(header)
            found = _cleaned(table.column(place), verdicts)
            if found is not None:
                table = table.set_column(place, pa.field(header, found.values.type), found.values)
                taken.update({(header, kind): count for kind, count in found.taken.items()})
                if found.emptied is not None:
                    emptied[header] = found.emptied
        unreadable = tuple(UnreadableRow(r.line, r.reason, hidden(r.raw)) for r in raw.unreadable)
        return Cleaned(RawBatch(table, raw.first_row, unreadable), emptied, taken)

    def by_chance(self) -> dict[str, int]:
        """Header → how many values of a column of other numbers look like a national identity number.

        A column of telephone numbers is not named: in each list of any length some of them do.
        """
        left = {}
        for column in self.source.columns:
            seen = self.evidence.get(column.header)
            if seen is None or not self._is_looked_at(column) or column.washed_as == "phone":
                continue
            kinds = [kind for kind, verdict in _verdicts(column, seen).items() if verdict is Verdict.CHANCE]
            held = sum(seen.held.get(kind, 0) for kind in kinds if kind is not NationalId.BSN)
            if held:
                left[column.header] = held
        return left

    def _is_looked_at(self, column: ColumnDefinition) -> bool:
        # A date or a truth is kept as such, and other values are refused; `values` says all that is kept.
        return column.name not in self.lawful and column.type not in _NOT_LOOKED_AT and column.values is None


def hidden(text: str) -> str:
    """A text that is kept for looking at alone, without anything that could be a national identity number.

    >>> hidden("7;111222333;Ida")
    '7;[national id];Ida'
    """
    return without_national_ids(text, Sureness.POSSIBLE)


@dataclass(frozen=True, slots=True)
class _Found:
    values: pa.Array
    emptied: pa.Array | None
    taken: Counter[NationalId]


def _verdicts(column: ColumnDefinition, seen: Evidence) -> Verdicts:
    names = column.header, column.name, column.label
    if any(map(names_national_id, names)) or holds_national_ids(column.category):
        return _ALL_IDS
    verdicts = {kind: seen.verdict(kind) for kind in NationalId}
    if any(map(names_legal_person, names)):
        verdicts[NationalId.BSN] = Verdict.CHANCE
    if covers("user.contact.phone_number", column.category):
        # Some phone numbers look like an id; a column of ids that is called one of phones is told by its share.
        verdicts = {kind: v if v is Verdict.IDS else Verdict.CHANCE for kind, v in verdicts.items()}
    return verdicts


def _sample(values: pa.Array, seen: Evidence) -> None:
    size = min(len(values), _SAMPLE if seen.values < _ENOUGH else _FEW)
    if not size:
        return
    places = np.arange(size, dtype=np.int64) * len(values) // size
    looked_at = pc.drop_null(pc.unique(_decoded(values.take(pa.array(places)))))
    # The digits of a fraction are counted too: a key and a number may stand together (7.0101701234).
    numbers = (alone(text) or decimals(text) for text in _digits_text(looked_at) or ())
    seen.see(len(looked_at), [digits for digits in numbers if digits is not None and 8 < len(digits) <= _LONGEST])


def _digits_text(values: pa.Array) -> list[str] | None:
    """The values that may be a number of 8 to 11 digits, as text; None where no value can be."""
    if _is_text(values.type):
        return list(texts_with_digits(values).to_pylist())
    whole = _whole(values)
    if whole is None:
        return None
    return [str(number) for number in whole.filter(candidate_numbers(whole, _ALL_IDS)).to_pylist()]


def _cleaned(values: pa.Array, verdicts: Verdicts) -> _Found | None:
    """The values without national identity numbers; None where there is none."""
    values = _decoded(values)
    if _is_text(values.type):
        return _cleaned_text(values, verdicts)
    whole = _whole(values)
    if whole is None:
        return None
    unique = pc.unique(whole.filter(candidate_numbers(whole, verdicts)))
    kinds = {number: kind for number in unique.to_pylist() if (kind := _kind_alone(str(number), verdicts)) is not None}
    if not kinds:
        return None
    ids = pa.array(list(kinds), pa.int64())
    is_id = pc.fill_null(pc.is_in(whole, value_set=ids), False)
    taken = Counter(kinds[number] for number in whole.filter(is_id).to_pylist())
    return _Found(pc.if_else(is_id, pa.scalar(None, values.type), values), is_id, taken)


def _cleaned_text(values: pa.Array, verdicts: Verdicts) -> _Found | None:
    indices = candidate_texts(values, verdicts)
    if not len(indices):
        return None
    coded = pc.dictionary_encode(values.take(indices))
    texts = coded.dictionary.to_pylist()
    after = [_without(text, verdicts) for text in texts]
    if all(new is None for new in after):
        return None
    cleaned = pa.array([text if new is None else new.text for text, new in zip(texts, after, strict=True)], values.type)
    times = pc.value_counts(coded.indices)
    taken = Counter[NationalId]()
    for entry in times.to_pylist():
        new = after[entry["values"]]
        if new is not None:
            for kind in new.kinds:
                taken[kind] += entry["counts"]
    is_empty = pa.array([new is not None and new.text is None for new in after]).take(coded.indices)
    return _Found(
        pc.replace_with_mask(values, _at(indices, len(values)), cleaned.take(coded.indices)),
        _at(indices.filter(is_empty), len(values)) if is_empty.true_count else None,
        taken,
    )


def _at(indices: pa.Array, length: int) -> pa.Array:
    return pc.is_in(pa.arange(0, length), value_set=pc.cast(indices, pa.int64()))


@dataclass(frozen=True, slots=True)
class _Without:
    text: str | None
    kinds: tuple[NationalId, ...]


def _without(text: str, verdicts: Verdicts) -> _Without | None:
    if alone(text) is not None:
        kind = _kind_alone(text, verdicts)
        return None if kind is None else _Without(None, (kind,))
    fraction = decimals(text)
    if fraction is not None:
        # The digits of a fraction pass by chance as any others do, so only the column can tell.
        kinds = [kind for kind, _ in kinds_of_digits(fraction) if verdicts[kind] is Verdict.IDS]
        return _Without(None, (kinds[0],)) if kinds else None
    found = find_national_ids(text)
    return _Without(without_national_ids(text), tuple(f.kind for f in found)) if found else None


def _kind_alone(text: str, verdicts: Verdicts) -> NationalId | None:
    digits = alone(text)
    for kind, sureness in kinds_of_digits(digits) if digits else ():
        found = () if text.isdigit() else find_national_ids(text, Sureness.FORMED)
        is_formed = any(f.kind is kind for f in found)
        if verdicts[kind].takes(kind, sureness, is_formed=is_formed):
            return kind
    return None


def _decoded(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = pc.cast(values, values.type.value_type)
    return pc.cast(values, pa.string()) if pa.types.is_string_view(values.type) else values


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _whole(values: pa.Array) -> pa.Array | None:
    """Numbers as int64, null where they have a fraction or are too large; None where none can be a national id."""
    kind = values.type
    if pa.types.is_integer(kind):
        if pa.types.is_uint64(kind):
            values = pc.if_else(pc.less(values, pa.scalar(_LARGEST, kind)), values, pa.scalar(None, kind))
        return pc.cast(values, pa.int64())
    if pa.types.is_floating(kind):
        values = pc.cast(values, pa.float64())
        is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), float(_LARGEST)))
        return pc.cast(pc.if_else(is_whole, values, pa.scalar(None, pa.float64())), pa.int64())
    if pa.types.is_decimal(kind):
        # Most are amounts far too small; the many are not to be written out for that.
        largest = pc.max(values).as_py()
        if largest is None or largest < _SMALLEST:
            return None
        text = pc.replace_substring_regex(pc.cast(values, pa.string()), r"\.0+$", "")
        is_whole = pc.fill_null(pc.match_substring_regex(text, r"^\d{8,11}$"), False)
        return pc.cast(pc.if_else(is_whole, text, pa.scalar(None, pa.string())), pa.int64())
    return None
