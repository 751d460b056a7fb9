"""Variables of a past day: what happened later changes none of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from small_projects import CRM, CRM_HEAD, NOW, ORDERS, ORDERS_HEAD, TILLID, VARIABLES, SmallProject, csv

from tillid.pipeline.doctor import examine

AS_OF = "as_of: 2025-12-10\n"
EVERY_MEASURE = """
variables:
  n:        {of: orders, measure: count}
  n_30d:    {of: orders, measure: count, window: 30 days}
  revenue:  {of: orders, measure: sum, column: amount}
  average:  {of: orders, measure: mean, column: amount}
  least:    {of: orders, measure: min, column: amount}
  most:     {of: orders, measure: max, column: amount}
  first:    {of: orders, measure: first, column: item}
  last:     {of: orders, measure: last, column: item, window: 12 months}
  kinds:    {of: orders, measure: distinct, column: item}
  cups:     {of: orders, measure: share, where: {column: item, eq: cup}}
  recency:  {of: orders, measure: recency}
  doubled:  {of: orders, measure: sum, column: amount * 2, where: {column: item, ne: tin}}
  basket:   {sql: "revenue / nullif(n, 0)"}
"""
SEGMENTS = """
segments:
  lately: {purpose: analytics, rule: {did: orders, within: 30 days, at_least: 2}}
  quiet:  {purpose: analytics, rule: {did_not: orders, within: 5 days}}
  good:   {purpose: analytics, rule: {variable: revenue, gte: 5}}
"""
EARLY = [
    ("1", "2025-12-09 23:59:59.999999", "cup", 1),
    ("1", "2025-11-20 10:00:00", "tin", 2),
    ("1", "2025-12-01 10:00:00", "cup", 4),
    ("2", "2024-11-20 10:00:00", "tin", 8),
    ("3", "2025-12-10 00:00:00", "cup", 16),
]
LATE = [
    ("1", "2025-12-10 00:00:00.000001", "jug", 100),
    ("2", "2025-12-20 10:00:00", "jug", -100),
    ("3", "2025-12-10 10:00:00", "cup", 100),
    ("4", "2025-12-11 10:00:00", "jug", 100),
    ("1", "2030-01-01 10:00:00", "jug", 9),
]
PEOPLE = [(str(n), f"p{n}@example.com", None, f"N{n}") for n in (1, 2, 3, 4)]


def _worked_out(project: SmallProject) -> dict[str, object]:
    by_id = {person: value for (kind, value), person in project.persons().items() if kind == "customer_no"}
    rows = {by_id[row.pop("person_id")]: row for row in project.sql("select * from variables")}
    members = {
        name: sorted(by_id[row["person_id"]] for row in project.sql(f"select person_id from segment__{name}"))
        for name in ("lately", "quiet", "good")
    }
    return {"variables": rows, **members}


def test_what_happens_later_changes_nothing(tmp_path: Path) -> None:
    files = {
        "tillid.yml": TILLID + AS_OF,
        "sources/crm.yml": CRM,
        "sources/orders.yml": ORDERS,
        "variables/v.yml": EVERY_MEASURE,
        "segments/s.yml": SEGMENTS,
    }
    project = SmallProject(tmp_path, files)
    project.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE), NOW - timedelta(days=60))
    project.put("data/orders-1.csv", csv(ORDERS_HEAD, *EARLY))
    project.build()
    before = _worked_out(project)
    one = before["variables"]["1"]
    assert (one["n"], one["revenue"], one["last"], one["recency"], one["doubled"]) == (3, 7, "cup", 0, 10)
    assert before["variables"]["3"]["n"] == 1  # the first moment of the day counts
    assert (before["lately"], before["good"]) == (["1"], ["1", "2", "3"])

    project.put("data/orders-2.csv", csv(ORDERS_HEAD, *LATE))
    changed = [("1", "p1@example.com", None, "Renamed"), *PEOPLE[1:3], ("5", "p5@example.com", None, "New")]
    project.put("data/crm.csv", csv(CRM_HEAD, *changed), NOW - timedelta(days=2))
    assert project.build()[0].events == len(EARLY) + len(LATE)
    after = _worked_out(project)
    new = after["variables"].pop("5")
    assert (new["n"], new["revenue"], new["recency"]) == (0, 0, None)
    assert after.pop("quiet") == [*before.pop("quiet"), "5"]
    assert after == before

    # Without as_of, now is asked about, and the later events count.
    project.put("tillid.yml", TILLID)
    project.build()
    now = _worked_out(project)["variables"]
    assert (now["1"]["n"], now["1"]["last"], now["4"]["revenue"]) == (4, "jug", 100)


def test_the_day_is_told_as_people_there_write_it(tmp_path: Path) -> None:
    tillid = TILLID.replace("timezone: UTC", "timezone: Europe/Copenhagen") + "as_of: 2025-12-10\n"
    project = SmallProject(tmp_path, {"tillid.yml": tillid, "sources/orders.yml": ORDERS, "variables/v.yml": VARIABLES})
    project.put("data/orders.csv", csv(ORDERS_HEAD, ("1", "2025-12-09 23:30:00", "cup", 5)))
    project.run()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<dt>As of</dt><dd>2025-12-10</dd>" in page
    assert "2026-01-01 13:00 CET" in page
    (found,) = [check.found for check in examine(tmp_path, "ole").checks if check.name == "as_of"]
    assert found == "windows end 2025-12-10, the newest event is of 2025-12-09"
