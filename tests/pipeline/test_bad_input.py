"""Input that is broken: one clear error (or refused rows), exit 1, and the former state as it was."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from small_projects import CRM, CRM_HEAD, ORDERS, ORDERS_HEAD, VARIABLES, SmallProject, Tables, csv, stored

from tillid.cli.main import answer

AT = "2025-12-01 10:00:00"
ANN, BO = ("1", "ann@example.com", "22334455", "Ann"), ("2", "bo@example.com", None, "Bo")
SECRET = "Zanzibar"
SEGMENT = """
segments:
  buyers: {purpose: analytics, rule: {variable: bought, gte: 1}}
"""
DELIVERED = {
    "segments/s.yml": SEGMENT,
    "destinations/d.yml": "destinations:\n  list: {kind: file, path: out/list.csv}\n",
    "activations/a.yml": "activations:\n  list: {segment: buyers, purpose: analytics, destination: list, columns: {Mail: email}}\n",
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has run once, with three orders of two people; run once, copied for each test."""
    files = {"sources/crm.yml": CRM, "sources/orders.yml": ORDERS, "variables/v.yml": VARIABLES, **DELIVERED}
    made = SmallProject(tmp_path_factory.mktemp("finished"), files)
    made.put("data/crm.csv", csv(CRM_HEAD, ANN, BO))
    made.put("data/orders-1.csv", csv(ORDERS_HEAD, ("1", AT, "cup", 1), ("1", AT, "tin", 2), ("2", AT, "cup", 4)))
    made.run()
    return made.folder


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> SmallProject:
    """The finished project, a copy of its own."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return SmallProject(tmp_path, {})


def _there(folder: Path) -> dict[str, bytes]:
    """All files but the audit log and the store, with what is in them."""
    apart = {"audit.ndjson", "store.duckdb"}
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name not in apart
    }


class Before:
    """What a project held before something went wrong."""

    def __init__(self, project: SmallProject) -> None:
        self.project = project
        self.files = _there(project.folder)
        self.tables: Tables = stored(project.folder)
        self.answer = self._asked()

    def _asked(self) -> list[str]:
        rows = self.project.sql(
            "select o.item, v.revenue, p.email from orders o join variables v on o.person_id = "
            "v.person_id join people p on p.person_id = v.person_id"
        )
        return sorted(map(str, rows))

    def holds(self, *, definitions_are_sound: bool = True) -> None:
        assert stored(self.project.folder) == self.tables
        assert not [place for place in self.tables if place.startswith("left over")]
        assert _there(self.project.folder) == self.files
        if definitions_are_sound:
            assert self._asked() == self.answer


def _refused(project: SmallProject, capsys: pytest.CaptureFixture[str], *says: str) -> str:
    """`tillid run` fails with 1 and one error that says this, and shows no value of a person."""
    assert answer(["run", "--project", str(project.folder), "--as", "ole"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    for part in says:
        assert part in told.err, told.err
    for value in ("ann@example.com", SECRET):
        assert value not in told.err
    return told.err


def _xlsx(*rows: tuple[object, ...]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def _parquet(rows: int) -> bytes:
    content = io.BytesIO()
    table = pa.table({
        "no": [str(n) for n in range(rows)], "at": [datetime(2025, 12, 1)] * rows,
        "item": [f"{SECRET} {n * 7919}" for n in range(rows)], "amount": [float(n) for n in range(rows)],
    })  # fmt: skip
    pq.write_table(table, content, row_group_size=1000)
    return content.getvalue()


LINES = csv(ORDERS_HEAD, *(("1", AT, f"{SECRET} {n}", n) for n in range(4000)))
SHEET = _xlsx(tuple(ORDERS_HEAD.split(",")), *(("1", AT, f"{SECRET} {n}", n) for n in range(500)))
QUOTED = LINES + f'1,{AT},"{SECRET}'
CUT: list[tuple[str, bytes, str]] = [
    ("orders-2.csv", QUOTED.encode(), "line 4002: a quote is opened and never closed"),
    ("orders-2.csv.gz", gzip.compress(LINES.encode())[:-2000], "cut off or damaged"),
    ("orders-2.csv.gz", gzip.compress(LINES.encode())[:-4], "cut off or damaged"),
    ("orders-2.parquet", _parquet(5000)[:-9000], "cut off or damaged"),
    ("orders-2.parquet", _parquet(5000)[:20], "cut off or damaged"),
    ("orders-2.xlsx", SHEET[: len(SHEET) // 2], "cut off or damaged"),
    ("orders-2.xlsx", SHEET[:-30], "cut off or damaged"),
]


@pytest.mark.parametrize(("name", "content", "says"), CUT, ids=lambda v: v if isinstance(v, str) else "")
def test_a_file_cut_in_the_middle(
    project: SmallProject, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str
) -> None:
    suffix = name.removeprefix("orders-2")
    project.put("sources/more.yml", ORDERS.replace("orders*.csv", f"orders-*{suffix}"))
    project.put(f"data/{name.replace('-2', '-0')}", content)  # a file that is read before any sound one
    before = Before(project)
    _refused(project, capsys, f"data/{name.replace('-2', '-0')}", says)
    before.holds()


def test_a_row_cut_in_the_middle_is_refused_and_the_rest_is_read(project: SmallProject) -> None:
    text = csv(ORDERS_HEAD, ("1", AT, "cup", 8), ("2", AT, "cup", 16)) + f"2,{AT},c"
    project.put("data/orders-2.csv", text)
    count = project.run().as_dict()["sources"]["orders"]
    assert (count["read"], count["accepted"], count["refused"]) == (3, 2, 1)
    (row,) = project.refused()
    assert (row["file"], row["line"]) == ("data/orders-2.csv", 4)
    assert "3 values where there are 4 columns" in row["reason"]


def test_a_wrong_type_far_down_costs_that_row_alone(project: SmallProject) -> None:
    rows = [f"{n % 50},{AT},cup,{n}.50" for n in range(300_010)]
    rows[300_000] = f"7,{AT},cup,{SECRET}"
    project.put("data/orders-2.csv", [ORDERS_HEAD, *rows])
    count = project.run().as_dict()["sources"]["orders"]
    assert (count["read"], count["accepted"], count["refused"]) == (300_010, 300_009, 1)
    (row,) = project.refused()
    assert (row["file"], row["line"], row["column_name"]) == ("data/orders-2.csv", 300_002, "amount")
    assert row["value_class"] == "text of 8 characters"
    assert SECRET not in row["reason"]
    total = sum(n for n in range(300_010) if n != 300_000) + 300_009 * 0.5 + 7
    assert float(project.sql("select sum(amount) as total from orders")[0]["total"]) == total


FAULTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a missing column": (
        "data/orders-2.csv",
        f"no,at,itm,amount\n1,{AT},{SECRET},1\n",
        ("data/orders-2.csv", "column 'item' not in the file", "Did you mean 'itm'?"),
    ),
    "an empty file": ("data/orders-2.csv", "", ("data/orders-2.csv", "the file is empty")),
    "an empty snapshot": ("data/crm.csv", "", ("data/crm.csv", "the file is empty")),
    "a snapshot of no rows": ("data/crm.csv", CRM_HEAD + "\n", ("crm", "2 records are held")),
    "no file": (
        "sources/more.yml",
        ORDERS.replace("orders*", "oders*"),
        ("data/oders*.csv", "no file matches", "data/orders-1.csv"),
    ),
    "another format": ("data/orders-2.csv", "PAR1 and then nothing", ("data/orders-2.csv",)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_does_not_fit(project: SmallProject, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    path, content, says = FAULTS[fault]
    # A sound file comes with it: it must not be half taken in either.
    project.put("data/orders-1b.csv", csv(ORDERS_HEAD, ("1", AT, "bowl", 64)))
    project.put(path, content)
    before = Before(project)
    assert _refused(project, capsys, *says).count("tillid:") == 1
    before.holds()


MISTAKES: dict[str, tuple[str, Callable[[str], str], tuple[str, ...]]] = {
    "a typo in a key": (
        "sources/crm.yml",
        lambda t: t.replace("data_subject", "data_subjct"),
        ("sources/crm.yml:5", "unknown key `data_subjct`; did you mean `data_subject`?"),
    ),
    "a typo in a name": (
        "variables/v.yml",
        lambda t: t.replace("column: amount", "column: amout"),
        ("variables/v.yml:3", "`amout`; did you mean `amount`?"),
    ),
    "no YAML": ("sources/crm.yml", lambda t: t + "\n  : [", ("sources/crm.yml:13", "not valid YAML")),
    "two sources with one name": ("sources/orders.yml", lambda t: "name: crm\n" + t, ("sources/", "crm", "name")),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_definition_with_a_mistake(project: SmallProject, capsys: pytest.CaptureFixture[str], mistake: str) -> None:
    path, change, says = MISTAKES[mistake]
    project.put(path, change((project.folder / path).read_text()))
    before_tables, before_files = stored(project.folder), _there(project.folder)
    _refused(project, capsys, *says)
    assert (stored(project.folder), _there(project.folder)) == (before_tables, before_files)


def test_an_error_in_json_is_one_object(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    project.put("data/orders-2.csv", "")
    assert answer(["run", "--json", "--project", str(project.folder), "--as", "ole"]) == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert "the file is empty" in json.dumps(said)


def test_a_run_that_failed_goes_on_when_the_file_is_put_right(project: SmallProject) -> None:
    project.put("data/orders-2.csv", "")
    assert answer(["run", "--json", "--project", str(project.folder), "--as", "ole"]) == 1
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, ("2", AT, "cup", 32)))
    assert project.run().as_dict()["events"] == 4
    assert sorted(row["revenue"] for row in project.sql("select revenue from variables")) == [3, 36]


def test_a_time_beyond_the_calendar_is_refused_and_kept_to_be_looked_at(tmp_path: Path) -> None:
    source = ORDERS.replace("orders*.csv", "orders*.parquet")
    project = SmallProject(tmp_path, {"sources/orders.yml": source})
    far = pa.array([1_764_583_200_000_000, 2**62], pa.timestamp("us"))
    rows = pa.table({"no": ["1", "2"], "at": far, "item": ["cup", "tin"], "amount": [1.0, 2.0]})
    (tmp_path / "data").mkdir()
    pq.write_table(rows, tmp_path / "data/orders.parquet")
    taken, _ = project.build()
    assert (taken.counts["orders"].accepted, taken.counts["orders"].refused) == (1, 1)
    (refused,) = project.refused()
    assert refused["column_name"] == "at"
    assert '"no": "2"' in refused["raw"]
