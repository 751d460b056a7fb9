"""Works on the records of each country at once, and puts what comes out back in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.countries import countries_of, country_of
from tillid.stages.wash.errors import CountriesNotAligned
from tillid.stages.wash.text import as_strings

# Columns of the records of one country, and its code ("" where it is not known), to columns as long as they.
CountryWork: TypeAlias = Callable[[Sequence[pa.Array], str], Sequence[pa.Array]]


def by_country(work: CountryWork, columns: Sequence[pa.Array], country: str | pa.Array) -> list[pa.Array]:
    """What the work makes of the columns; `country` is the code of all records, or one for each.

    Errors: CountriesNotAligned.

    >>> def lead(columns, code): return [pc.binary_join_element_wise(code, columns[0], "-")]
    >>> by_country(lead, [pa.array(["1000", "2100"])], pa.array(["BE", "Danmark"]))[0].to_pylist()
    ['BE-1000', 'DK-2100']
    """
    if isinstance(country, str):
        return list(work(columns, country_of(country)))
    count = len(columns[0])
    if len(country) != count:
        raise CountriesNotAligned(count, len(country))
    codes = pc.fill_null(countries_of(as_strings(country)), "").dictionary_encode()
    # Country by country in one row, and then each value back to its place.
    there = [pa.array([], pa.int64())]
    done = [work([column.slice(0, 0) for column in columns], "")]
    for number, code in enumerate(codes.dictionary.to_pylist()):
        here = pc.indices_nonzero(pc.equal(codes.indices, number)).cast(pa.int64())
        there.append(here)
        done.append(work([column.take(here) for column in columns], code))
    places = pc.inverse_permutation(pa.concat_arrays(there))
    return [pa.concat_arrays(column).take(places) for column in zip(*done, strict=True)]
