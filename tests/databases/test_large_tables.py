"""Tables of millions of rows come in with bounded memory, and the next load asks for what is new alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from database_servers import Server
from shop_tables import ORDRER, Shop
from small_projects import notes

pytestmark = pytest.mark.prove
ROWS = 1_000_000

FILL = {
    "postgresql": """
        insert into ordrer select n, n % 50000, timestamp '2025-01-01' + (n / 3) * interval '1 second', 9.5
        from generate_series(1, {rows}) as n""",
    "mariadb": """
        insert into ordrer select seq, seq % 50000, date_add('2025-01-01', interval seq div 3 second), 9.5
        from seq_1_to_{rows}""",
}

PULL = """
import json, resource, sys, time
from pathlib import Path
from tillid.pipeline.project.load import load_or_refuse
from tillid.pipeline.wiring import open_pulled
project = load_or_refuse(Path(sys.argv[1]))
pulled = open_pulled(project, project.sources["orders"])
pulled.look()
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
first, began, rows = peak(), time.perf_counter(), 0
for batch in pulled.pull(None):
    rows += batch.rows.table.num_rows
print(json.dumps({"rows": rows, "grew": peak() - first, "seconds": time.perf_counter() - began}))
"""


def pulled(database: Server, folder: Path, rows: int) -> Shop:
    """The shop, once its table of so many rows was pulled in a process of its own, which hardly grew by it."""
    shop = Shop(folder, database, {"orders": ORDRER % {"cursor": "bestilt", "more": ", lag: 10 minutes"}})
    with database.owner().begin() as connection:
        connection.exec_driver_sql(FILL[database.driver].format(rows=rows).replace("%", "%%"))
    done = subprocess.run(
        [sys.executable, "-c", PULL, str(shop.project.folder)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    print(told)
    assert told["rows"] == rows
    assert told["grew"] < 150, "MiB beyond what looking at the table took"
    return shop


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_ten_million_rows_need_no_more_memory(database: Server, tmp_path: Path) -> None:
    pulled(database, tmp_path / "p", 10 * ROWS)


@pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
def test_a_million_rows_need_little_memory(database: Server, tmp_path: Path) -> None:
    shop = pulled(database, tmp_path / "p", ROWS)
    assert shop.run().events == ROWS
    (note,) = notes(shop.project.folder)["files"]["orders"].values()
    assert len(note["cursor"]) < 100_000
    with database.owner().begin() as connection:
        connection.exec_driver_sql("insert into ordrer values (0, 1, '2025-01-04 20:30:00', 9.5)")
    report = shop.run()
    assert (report.events, report.sources["orders"].read) == (ROWS + 1, 1)
