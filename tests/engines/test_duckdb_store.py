"""The DuckDB store, put to the suite that every store must pass, and to what is its own."""

from __future__ import annotations

from tillid.testing.store_conformance import StoreConformance
from tillid.testing.store_killed import POINTS


class TestDuckDbStore(StoreConformance):
    store_class = "tillid.stores.duckdb:DuckDbStore"
    # What is "in swap" elsewhere is one transaction here.
    kill_points = tuple(point for point in POINTS if point != "in swap")
