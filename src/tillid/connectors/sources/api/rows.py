"""Takes rows out of a response, whichever of the usual ways they lie in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tillid.ports.api import FromApi, RowsAs

Row = dict[str, Any]
ABSENT = object()
_NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def at(value: object, path: str) -> object:
    """What stands at a path with dots, or `ABSENT`; an empty path is the value itself.

    >>> at({"data": {"orders": [1]}}, "data.orders"), at({"data": None}, "data.orders") is ABSENT
    ([1], True)
    """
    for key in path.split(".") if path else ():
        if not isinstance(value, Mapping) or key not in value:
            return ABSENT
        value = value[key]
    return value


def set_at(value: Row, path: str, new: object) -> None:
    """Put `new` at a path with dots, making the objects on the way; a number is a place in a list.

    >>> body = {"dateRanges": [{"endDate": "today"}]}
    >>> set_at(body, "dateRanges.0.startDate", "2026-01-01")
    >>> body
    {'dateRanges': [{'endDate': 'today', 'startDate': '2026-01-01'}]}
    """
    *above, last = path.split(".")
    there: Any = value
    for key in above:
        there = there[int(key)] if isinstance(there, list) else there.setdefault(key, {})
    there[last] = new


def filled(text: str, values: Mapping[str, object]) -> str:
    """The text with each `{name}` that `values` has in place; other braces stay.

    >>> filled("/lists/{list}/members {id}", {"list": "a1"})
    '/lists/a1/members {id}'
    """
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), text)


def rows_of(document: object, items: Sequence[object], said: FromApi, added: Mapping[str, object]) -> Iterator[Row]:
    """The rows of one response, each with what is `added`; `items` is what stands at the definition's `items`.

    ValueError where there are none to be had.
    """
    if said.rows is RowsAs.JSON_STAT:
        rows = _cube(document)
    elif said.rows is RowsAs.REPORT:
        rows = _report(document, items)
    else:
        rows = _READ[said.rows](items, said.list_in or "")
    for bare in rows:
        row = {**bare, **added}
        # A field that is made of one that the API dropped is in no row either, and so it is missed.
        for name, fields in said.joined.items():
            parts = [at(row, path) for path in fields]
            if ABSENT not in parts:
                row[name] = None if None in parts else "|".join(map(str, parts))
        for name, picked in said.picked.items():
            if ABSENT not in [at(row, path) for path in (picked.by, picked.otherwise, *picked.take.values())]:
                row[name] = at(row, picked.take.get(str(at(row, picked.by)), picked.otherwise))
        yield row


def _objects(items: Sequence[object], _: str) -> Iterator[Row]:
    for item in items:
        if not isinstance(item, dict):
            raise ValueError("an item is not an object")
        yield item


def _each(items: Sequence[object], list_in: str) -> Iterator[Row]:
    for item in _objects(items, list_in):
        listed = item.get(list_in)
        for one in listed if isinstance(listed, list) else ():
            yield {**item, list_in: one}


def _arrays(items: Sequence[object], list_in: str) -> Iterator[Row]:
    for item in _objects(items, list_in):
        lists = item.get(list_in)
        if not isinstance(lists, Mapping) or not all(isinstance(values, list) for values in lists.values()):
            raise ValueError(f"{list_in} does not hold lists")
        if len({len(values) for values in lists.values()}) > 1:
            raise ValueError(f"the lists in {list_in} differ in length")
        for values in zip(*lists.values(), strict=True):
            yield {**item, list_in: dict(zip(lists, values, strict=True))}


_READ: Mapping[RowsAs, Callable[[Sequence[object], str], Iterator[Row]]] = {
    RowsAs.OBJECTS: _objects,
    RowsAs.EACH: _each,
    RowsAs.ARRAYS: _arrays,
}


def _report(document: object, items: Sequence[object]) -> Iterator[Row]:
    dimensions, metrics = (
        [str(at(header, "name")) for header in _list(document, f"{kind}Headers")] for kind in ("dimension", "metric")
    )
    for item in items:
        told = [[at(v, "value") for v in _list(item, f"{kind}Values")] for kind in ("dimension", "metric")]
        if [len(values) for values in told] != [len(dimensions), len(metrics)]:
            raise ValueError("a row has not as many values as there are headers")
        # Both are named by the caller, so no name comes twice.
        yield dict(zip([*dimensions, *metrics], [*told[0], *told[1]], strict=True))


def _list(value: object, path: str) -> list[object]:
    found = at(value, path)
    return found if isinstance(found, list) else []


def _cube(document: object) -> Iterator[Row]:
    """JSON-stat 2, or version 1 with its `dataset` around it: a row a cell, with code and label of each dimension.

    Source: JSON-stat 2.0, https://json-stat.org/full/.
    """
    inner = at(document, "dataset")
    cube: Any = document if inner is ABSENT else inner
    try:
        dimensions = cube["dimension"]
        names: list[str] = cube["id"] if "id" in cube else dimensions["id"]
        sizes: list[int] = cube["size"] if "size" in cube else dimensions["size"]
        categories = [_categories(dimensions[name]["category"]) for name in names]
        values, statuses = cube["value"], cube.get("status")
    except (KeyError, TypeError, AttributeError):
        raise ValueError("it is not JSON-stat") from None
    if [len(each) for each in categories] != sizes:
        raise ValueError("the sizes of the JSON-stat cube are not those of its dimensions")
    for place, cell in enumerate(product(*categories)):
        row: Row = {name: {"code": code, "label": label} for name, (code, label) in zip(names, cell, strict=True)}
        yield {**row, "value": _cell(values, place), "status": _cell(statuses, place)}


def _categories(category: Mapping[str, Any]) -> list[tuple[str, str]]:
    labels = category.get("label", {})
    index = category.get("index", list(labels))
    codes = sorted(index, key=index.__getitem__) if isinstance(index, Mapping) else list(index)
    return [(code, labels.get(code, code)) for code in codes]


def _cell(values: object, place: int) -> object:
    """A list, one value for all, or an object with the places of those cells that have one."""
    if isinstance(values, Mapping):
        return values.get(str(place))
    if isinstance(values, list):
        return values[place] if place < len(values) else None
    return values
