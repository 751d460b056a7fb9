"""What washes each kind of column, loaded when the first such column comes: their patterns take long to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TypeAlias, cast

import pyarrow as pa

from tillid.stages.wash.definitions import WashKind
from tillid.stages.wash.reasons import Graded

Washer: TypeAlias = Callable[[pa.Array, str], Graded]
"""Washes trimmed texts of one country, given as its ISO code."""

_BY_COUNTRY = {
    WashKind.PHONE: ("phone", "wash_phones"),
    WashKind.NAME: ("names", "wash_names"),
    WashKind.FIRST_NAME: ("names", "wash_name_parts"),
    WashKind.LAST_NAME: ("names", "wash_name_parts"),
    WashKind.COMPANY: ("companies", "wash_companies"),
    WashKind.COMPANY_NUMBER: ("company_numbers", "wash_company_numbers"),
    WashKind.POSTCODE: ("places", "wash_postcodes"),
    WashKind.CITY: ("places", "wash_cities"),
    WashKind.ADDRESS: ("addresses", "wash_addresses"),
}


@cache
def washer(kind: WashKind) -> Washer:
    """What washes columns of a kind that depends on the country.

    >>> washer(WashKind.POSTCODE)(pa.array(["DK-2100"]), "DK").values.to_pylist()
    ['2100']
    """
    module, name = _BY_COUNTRY[kind]
    return cast("Washer", getattr(import_module(f"tillid.stages.wash.{module}"), name))
