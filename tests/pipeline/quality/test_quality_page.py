"""The page of quality has the headings, the columns and every figure of what `tillid quality --json` tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from small_projects import CRM, CRM_HEAD, NOW, ORDERS, ORDERS_HEAD, SmallProject, csv

from tillid.pipeline.quality.page import render
from tillid.pipeline.quality.told import quality
from tillid.pipeline.report.pages import percent
from tillid.pipeline.report.small_cells import number

COLUMNS = ["Column", "Filled", "Verdicts", "Reasons", "Distinct", "From, to", "Look like", "Change, points"]
TABLES = {
    "look": [["Source", "Column", "What", "Since the file of", "What to do"]],
    "crm": [COLUMNS],
    "orders": [["Column", "Reason", "Rows"], COLUMNS],
}
VERDICTS = {"valid": "valid", "corrected": "corrected", "suspect": "doubtful", "invalid": "invalid"}


class Outline(HTMLParser):
    """The page's headings, tiles, and by section its tables: a head and rows of cells, each the text that it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.tiles: dict[str, str] = {}
        self.tables: dict[str, list[list[list[str]]]] = {}
        self.titles: dict[str, list[str]] = {}
        self.charts = 0
        self._section, self._tag = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "section":
            self._section = said.get("id") or "tiles"
        tables = self.tables.setdefault(self._section, [])
        if tag == "table":
            tables.append([])
        elif tag == "tr":
            tables[-1].append([])
        elif tag in ("th", "td"):
            tables[-1][-1].append("")
        elif tag in ("h1", "h2"):
            self.headings.append("")
        elif tag == "i" and (title := said.get("title")):
            self.titles.setdefault(tables[-1][-1][0], []).append(title)
        self.charts += tag == "svg"
        if tag in ("th", "td", "h1", "h2", "strong", "table"):
            self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._section = "" if tag == "section" else self._section
        self._tag = "" if tag in ("h1", "h2", "tr", "strong") else self._tag

    def handle_data(self, data: str) -> None:
        if self._tag in ("h1", "h2"):
            self.headings[-1] += data
        elif self._tag in ("th", "td"):
            row = self.tables[self._section][-1][-1]
            row[-1] = " ".join(f"{row[-1]} {data}".split())
        elif self._section == "tiles" and data.strip():
            if self._tag == "strong":
                self._number = data
            else:
                self.tiles[data] = self._number


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two loads, the second of which is worse and has rows that are refused."""
    project = SmallProject(tmp_path_factory.mktemp("quality"), {"sources/crm.yml": CRM, "sources/orders.yml": ORDERS})
    project.put("data/orders.csv", csv(ORDERS_HEAD, *([1000 + n, "2025-11-03", "bike", 99] for n in range(40)), "x,y"))
    for day, bad in enumerate((16, 124)):
        rows = (
            [1000 + n, f"a{n}@mail.example", "12 34" if n < bad else f"2012{3000 + n}", "Anna Holm"] for n in range(400)
        )
        project.put("data/crm.csv", csv(CRM_HEAD, *rows), NOW + timedelta(days=day))
        project.now = NOW + timedelta(days=day, hours=2)
        project.run()
    with project.opened("quality") as workspace:
        return quality(workspace)


@pytest.fixture(scope="module")
def page(told: dict[str, Any]) -> Outline:
    return Outline(render(told, datetime(2026, 1, 5)))


def test_the_page_is_laid_out_as_it_was(told: dict[str, Any], page: Outline) -> None:
    names = [source["name"] for source in told["sources"]]
    assert page.headings == [told["project"], "To look at", *names]
    sections = {"look": "look", **{f"source-{n}": name for n, name in enumerate(names, 1)}}
    heads = {sections[at]: [table[0] for table in tables] for at, tables in page.tables.items() if at in sections}
    assert heads == TABLES
    assert page.charts == sum(len(source["history"]) > 1 for source in told["sources"]) == 1


def test_the_tiles_add_up(told: dict[str, Any], page: Outline) -> None:
    sources = told["sources"]
    assert page.tiles == {
        "sources": "2",
        "columns": str(sum(len(source["columns"]) for source in sources)),
        "rows in the last loads": number(sum(source["last"]["read"] for source in sources)),
        "of them refused": "1",
        "things to look at": str(sum(len(source["remarks"]) for source in sources)),
    }


def test_every_remark_and_refusal_is_in_a_row(told: dict[str, Any], page: Outline) -> None:
    remarks = [
        [source["name"], one["column"] or "–", one["said"], (one["since"] or "–")[:10], one["do"]]
        for source in told["sources"]
        for one in source["remarks"]
    ]
    assert remarks
    assert page.tables["look"][0][1:] == remarks
    for at, source in enumerate(told["sources"], 1):
        refused = [[one["column"], one["reason"], number(one["rows"])] for one in source["last"]["refused_by"]]
        assert [row for table in page.tables[f"source-{at}"][:-1] for row in table[1:]] == refused


def test_every_figure_of_a_column_is_in_its_row(told: dict[str, Any], page: Outline) -> None:
    for at, source in enumerate(told["sources"], 1):
        rows = page.tables[f"source-{at}"][-1][1:]
        assert len(rows) == len(source["columns"])
        for column, (name, filled, _, reasons, distinct, ends, looks, change) in zip(
            source["columns"], rows, strict=True
        ):
            assert name == f"{column['name']} {column['header']} · {column['type']} {column['category']}"
            assert filled == percent(column["filled"], column["rows"])
            bars = [f"{VERDICTS[verdict]}: {n}" for verdict, n in column["verdicts"].items() if n]
            assert sorted(page.titles.get(name, [])) == sorted(bars)
            assert all(f"{n}" in reasons for n in column["reasons"].values() if n is not None)
            assert distinct.startswith(f"{number(column['distinct'])} of")
            assert ends == " to ".join(dict.fromkeys(end for end in (column["low"], column["high"]) if end))
            assert looks == " ".join(f"{one['shape']} {number(one['rows'])}" for one in column["examples"][:4])
            points = (column["drift"] or {"points": {}})["points"]
            assert all(f"{n:+d}" in change for n in points.values() if n)


def test_a_page_without_a_load_says_so(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    with project.opened("quality") as workspace:
        text = render(quality(workspace), datetime(2026, 1, 5))
    assert "No file of it has been read since quality is counted." in text
    assert Outline(text).headings[1:] == ["To look at", "crm"]
