"""The command `python -m tillid.testing.nordlys OUT [--retail FILE]`."""

from __future__ import annotations

import argparse
from importlib.resources import as_file, files
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.testing.nordlys.make import SEED, make_nordlys, write_nordlys
from tillid.testing.nordlys.orders import SCHEMA, cut_orders


def packaged_orders() -> pa.Table:
    """The extract of orders that comes with the package."""
    packaged = files("tillid") / "cli" / "example" / "nordlys" / "data" / "orders.parquet"
    with as_file(packaged) as path:
        return pq.read_table(path).cast(SCHEMA)


def main() -> None:
    """Write the data files, from the packaged orders or from a Parquet file of UCI Online Retail."""
    parser = argparse.ArgumentParser(prog="python -m tillid.testing.nordlys", description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder to write the data files into")
    parser.add_argument("--retail", type=Path, help="cut the orders anew from UCI Online Retail (Parquet)")
    given = parser.parse_args()
    orders = cut_orders(given.retail, seed=SEED) if given.retail else packaged_orders()
    write_nordlys(make_nordlys(orders), given.out)


if __name__ == "__main__":
    main()
