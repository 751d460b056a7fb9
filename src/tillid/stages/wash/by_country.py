"""Works on the records of each country at once, and puts what comes out back in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.countries import countries_of, country_of
from tillid.stages.wash.errors import CountriesNotAligned
from tillid.stages.wash.text import as_strings

# Columns of the records of one country, and its code ("" where it is not known), to columns as long as they.
CountryWork: TypeAlias = Callable[[Sequence[pa.Array], str], Sequence[pa.Array]]


@dataclass(frozen=True, slots=True)
class Countries:
    """Which records of a batch are of which country, worked out once for all its columns.

    `parts` has each country's code ("" where it is not known) and the places of its records; None stands for all.
    """

    records: int | None
    parts: tuple[tuple[str, pa.Array | None], ...]

    @classmethod
    def of(cls, country: str | pa.Array, otherwise: str = "") -> Countries:
        """Of one code for all records, or of one value for each; `otherwise` is for those that name no known one.

        >>> [code for code, _ in Countries.of(pa.array(["BE", "Danmark", None]), "NO").parts]
        ['BE', 'DK', 'NO']
        """
        if isinstance(country, str):
            return cls(None, ((country_of(country), None),))
        known = countries_of(as_strings(country))
        is_unknown = pc.fill_null(pc.equal(known, ""), True)
        codes = pc.if_else(is_unknown, country_of(otherwise), known).dictionary_encode()
        names = codes.dictionary.to_pylist()
        if len(names) <= 1:
            return cls(len(country), ((names[0] if names else "", None),))
        places = [pc.indices_nonzero(pc.equal(codes.indices, number)).cast(pa.int64()) for number in range(len(names))]
        return cls(len(country), tuple(zip(names, places, strict=True)))


def by_country(work: CountryWork, columns: Sequence[pa.Array], country: str | pa.Array | Countries) -> list[pa.Array]:
    """What the work makes of the columns; `country` is the code of all records, or one for each.

    Errors: CountriesNotAligned.

    >>> def lead(columns, code): return [pc.binary_join_element_wise(code, columns[0], "-")]
    >>> by_country(lead, [pa.array(["1000", "2100"])], pa.array(["BE", "Danmark"]))[0].to_pylist()
    ['BE-1000', 'DK-2100']
    """
    countries = country if isinstance(country, Countries) else Countries.of(country)
    if countries.records not in (None, len(columns[0])):
        raise CountriesNotAligned(len(columns[0]), countries.records or 0)
    done, there = [], []
    for code, here in countries.parts:
        if here is None:
            return list(work(columns, code))
        there.append(here)
        done.append(work([column.take(here) for column in columns], code))
    # Country by country in one row, and then each value back to its place.
    places = pc.inverse_permutation(pa.concat_arrays(there))
    return [pa.concat_arrays(column).take(places) for column in zip(*done, strict=True)]
