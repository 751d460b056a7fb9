"""JSON objects as rows: nested objects by dotted paths, lists as JSON text, lists of keys and values by their keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pyarrow as pa

from tillid.connectors.sources.python_values import column_of

_ABSENT = object()
_TYPED = ("string_value", "int_value", "float_value", "double_value", "bool_value")


def leaves(value: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """The values of an object by their paths.

    >>> dict(leaves({"id": 1, "page": {"path": "/"}, "params": [{"key": "n", "value": {"int_value": "3"}}]}))
    {'id': 1, 'page.path': '/', 'params.n': '3'}
    """
    for key, below in value.items():
        if isinstance(below, list):
            pairs = paired(below)
            if pairs is not None:
                yield from ((f"{above}{key}.{name}", one) for name, one in pairs.items())
                continue
        if isinstance(below, dict):
            yield from leaves(below, f"{above}{key}.")
        else:
            yield f"{above}{key}", below


def paired(values: Sequence[object]) -> dict[str, object] | None:
    """Key → value of a list of pairs, as GA4's export to BigQuery has its parameters; None where it is another list.

    A pair is an object with `key` and `value`; a value with a field for each type is the one that is there. Of
    pairs with one key the last counts.

    >>> paired([{"key": "id", "value": {"string_value": None, "int_value": 7}}]), paired([1])
    ({'id': 7}, None)
    """
    pairs: dict[str, object] = {}
    for pair in values:
        if not isinstance(pair, dict) or not isinstance(pair.get("key"), str) or "value" not in pair:
            return None
        value = pair["value"]
        if isinstance(value, dict):
            value = next((value[name] for name in _TYPED if value.get(name) is not None), None)
        pairs[pair["key"]] = value
    return pairs or None


def rows_of_objects(
    values: Sequence[Mapping[str, object]], only: Collection[str] | None, known: Sequence[str] = ()
) -> pa.RecordBatch:
    """The objects as a batch: `only` these paths, or the `known` ones and then all that are there."""
    if only is None:
        rows = [dict(leaves(value)) for value in values]
        paths = list(dict.fromkeys((*known, *(path for row in rows for path in row))))
        columns = [column_of([row.get(path) for row in rows]) for path in paths]
    else:
        paths = sorted(only)
        columns = [column_of(_at(values, path)) for path in paths]
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * len(values), pa.struct([])))
    return pa.RecordBatch.from_arrays(columns, names=paths)


def _at(values: Sequence[Mapping[str, object]], path: str) -> list[object]:
    keys = path.split(".")
    if len(keys) == 1:
        return [value.get(path) for value in values]
    found: list[object] = []
    for value in values:
        at: object = value
        for key in keys:
            if isinstance(at, list):
                at = paired(at)
            at = at.get(key, _ABSENT) if isinstance(at, dict) else _ABSENT
        found.append(value.get(path) if at is _ABSENT else at)
    return found
