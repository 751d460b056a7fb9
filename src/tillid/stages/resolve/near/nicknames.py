"""Given names that go by another: short forms and spellings of one name, as people of four countries use them.

Source: `nicknames.csv`, written for this project from what is common knowledge of given names in Denmark, Norway, the
Netherlands and Belgium: on each line forms of one name by which one person may be known. It is short on purpose.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

import pyarrow as pa

from tillid.stages.resolve.near.compared import folded


def is_nickname(one: str, other: str, country: str) -> bool:
    """Whether two given names, as `compared` gives them, are forms of one; "" is a country that nobody named.

    >>> is_nickname("bent", "benny", "DK"), is_nickname("jan", "johannes", "NL"), is_nickname("jan", "johannes", "DK")
    (True, True, False)
    """
    table = _table()
    return other in (table[country] if country in table else table[""]).get(one, ())


@cache
def _table() -> dict[str, dict[str, set[str]]]:
    """By country, and for all of them together by "": each name to the others that are forms of it."""
    text = files("tillid.stages.resolve.near").joinpath("nicknames.csv").read_text("utf-8")
    table: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in csv.DictReader(text.splitlines()):
        names = folded(pa.array(row["names"].split())).to_pylist()
        for country in (row["country"], ""):
            for name in names:
                table[country][name] |= {other for other in names if other != name}
    return {country: dict(names) for country, names in table.items()}
