"""A source whose definition is taken away and put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import CRM, CRM_HEAD, ORDERS, ORDERS_HEAD, VARIABLES, SmallProject, csv


@pytest.mark.parametrize("load", ["append", "snapshot"])
def test_a_source_that_goes_and_comes_back_is_as_it_was(tmp_path: Path, load: str) -> None:
    orders = ORDERS + f"load: {load}\n"
    project = SmallProject(
        tmp_path, {"sources/crm.yml": CRM, "sources/orders.yml": orders, "variables/v.yml": VARIABLES}
    )
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", "a@example.com", None, "Ann")))
    project.put("data/orders.csv", csv(ORDERS_HEAD, ("1", "2025-12-01 10:00:00", "cup", 10)))
    project.build()
    asked = "select revenue from variables"
    before, records = project.sql(asked), project.sql("select * from crm")
    away = {
        name: (tmp_path / name).read_text() for name in ("sources/orders.yml", "sources/crm.yml", "variables/v.yml")
    }
    project.put("sources/other.yml", CRM.replace("data/crm", "data/other"))
    project.put("data/other.csv", csv(CRM_HEAD, ("9", None, None, "Eva")))
    for name in away:
        project.remove(name)
    project.build()
    for name, text in away.items():
        project.put(name, text)
    project.remove("sources/other.yml")
    project.build()
    assert [row for row in project.sql(asked) if row["revenue"]] == before
    assert project.sql("select * from crm") == records
