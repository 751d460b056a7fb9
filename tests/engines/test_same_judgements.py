"""Judgements, noes to linking and what was said while merged: the same persons and permissions on both engines."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, TILLID, SmallProject, csv

from tillid.pipeline.judge import Judgement, judge
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.judgements import Verdict

pytest.importorskip("pyspark")
pytestmark = [pytest.mark.spark, pytest.mark.prove]

TABLES = ("judgements", "carried", "consent_ledger", "members", "standing", "mapping")
AT, LATER = "2025-06-01T10:00:00Z", "2025-07-01T10:00:00Z"
ROWS = [
    ("1", "ida@mail.example", "22330001", "Ida"),
    ("2", "ada@mail.example", "22330002", "Ada"),
    ("3", "ada@mail.example", None, "Ada"),
    ("4", "bo@mail.example", "22330002", "Bo"),
    ("5", "eva@mail.example", "22330005", "Eva"),
]


def _worked_out(folder: Path, store: str) -> dict[str, Counter[Any]]:
    files = {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS, "tillid.yml": f"{TILLID}store: {store}\n"}
    project = SmallProject(folder, files)
    project.put("data/crm.csv", csv(CRM_HEAD, *ROWS))
    first = ("ada@mail.example", "news", "withdrawn", AT), ("eva@mail.example", "linking", "objected", AT)
    project.put("data/consents.csv", csv(CONSENTS_HEAD, *((*said, "n1", f"a{n}") for n, said in enumerate(first))))
    project.build()
    for verdict, one, other in ((Verdict.TOGETHER, "1", "4"), (Verdict.APART, "3", "4")):
        with project.opened("person") as workspace:
            said = Judgement(verdict, f"customer_no:{one}", f"customer_no:{other}", "they told us")
            judge(workspace, said, Silent(), is_sure=True)
    second = ("ida@mail.example", "analytics", "objected", LATER), ("bo@mail.example", "news", "given", LATER)
    project.put("data/consents2.csv", csv(CONSENTS_HEAD, *((*said, "n1", f"b{n}") for n, said in enumerate(second))))
    project.build()
    return {
        table: Counter(tuple(sorted(row.items(), key=lambda cell: cell[0])) for row in project.internal(table))
        for table in TABLES
    }


def test_the_same_persons_and_permissions(tmp_path: Path) -> None:
    duckdb, spark = (_worked_out(tmp_path / store, store) for store in ("duckdb", "spark"))
    for table in TABLES:
        assert duckdb[table], "a table without rows is the same everywhere"
        assert duckdb[table] == spark[table], table
