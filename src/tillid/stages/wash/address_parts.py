"""Takes washed addresses apart: each part that was asked for, as a column."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.address import PARTS, Address
from tillid.stages.wash.address_read import one_line, read_address
from tillid.stages.wash.ordinary_addresses import ordinary_parts
from tillid.stages.wash.place_list import LISTED_COUNTRIES

_NO_ADDRESS = Address()


def address_parts(washed: pa.Array, country: str, names: Sequence[str]) -> list[pa.Array]:
    """The named parts (of `PARTS`) of washed addresses, null where an address has no such part.

    In a country whose addresses are not read nothing is known of any part.

    >>> address_parts(pa.array(["Nørregade 12B, 3. tv"]), "DK", ["street", "house_number", "unit"])[1].to_pylist()
    ['12']
    """
    if country not in LISTED_COUNTRIES:
        return [pa.nulls(len(washed), pa.string()) for _ in names]
    found = ordinary_parts(washed, country)
    columns = [found.get(name, pa.repeat("", len(washed))) for name in names]
    open_ = pc.and_(found["street"].is_null(), washed.is_valid())
    if open_.true_count:
        slow = _read(washed.filter(open_), country, names)
        columns = [pc.replace_with_mask(column, open_, other) for column, other in zip(columns, slow, strict=True)]
    nothing = pa.scalar(None, pa.string())
    return [pc.if_else(pc.or_(pc.equal(column, ""), washed.is_null()), nothing, column) for column in columns]


def _read(washed: pa.Array, country: str, names: Sequence[str]) -> list[pa.Array]:
    coded = washed.dictionary_encode()
    read = [_parts_of(text, country) for text in coded.dictionary.to_pylist()]
    return [
        pa.array([getattr(address, name) for address in read], pa.string()).take(coded.indices)
        for name in names
        if name in PARTS
    ]


def _parts_of(text: str, country: str) -> Address:
    """The parts of a washed address; of one that was not understood, none."""
    address = read_address(text, country)
    return address.address if address.address.line(address.style) == one_line(text) else _NO_ADDRESS
