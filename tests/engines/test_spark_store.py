"""The Spark store, put to the suite that every store must pass, and to what is its own."""

from __future__ import annotations

import pytest

from tillid.testing.store_conformance import StoreConformance

pytest.importorskip("pyspark")
pytestmark = pytest.mark.spark


class TestSparkStore(StoreConformance):
    store_class = "tillid.stores.spark:SparkStore"
    kill_points = ("in swap", "after swap")
    random_kills = 1
