"""A list is delivered whole or not at all, and people can be taken out of it."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tillid.connectors.destinations import workbook
from tillid.connectors.destinations.cells import harmless
from tillid.connectors.destinations.file import FileDestination
from tillid.connectors.destinations.workbook import read_workbook
from tillid.ports.destination import Destination
from tillid.ports.errors import DestinationError

COLUMNS = {"E-mail": "email", "=Navn": "name", "Beløb": "amount", "Født": "born", "Set": "seen", "Ny": "new"}


def people(*names: str | None) -> pa.Table:
    return pa.table(
        {
            "person_id": list(range(len(names))),
            "email": [f"p{number}@nordlys.example" for number in range(len(names))],
            "name": pa.array(names, pa.string()),
            "amount": pa.array([Decimal("-1000.50")] * len(names), pa.decimal128(18, 2)),
            "born": [date(1980, 1, 2)] * len(names),
            "seen": pa.array([datetime(2026, 3, 1, 12)] * len(names), pa.timestamp("us")),
            "new": [True] * len(names),
        }
    )


def read_csv(path: Path, separator: str = ";", encoding: str = "utf-8-sig") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=separator, strict=True))


def test_a_file_is_a_destination(tmp_path: Path) -> None:
    there: Destination = FileDestination(tmp_path, "list.csv")
    assert there.deliver(people("Ida"), {"E-mail": "email"}, "d1").rows == 1


def test_csv_holds_the_declared_columns_in_their_order(tmp_path: Path) -> None:
    receipt = FileDestination(tmp_path, "out/list.csv").deliver(people('Ida "I" Sø;ren', None), COLUMNS, "d1")
    path = tmp_path / "out/list.csv"
    assert read_csv(path) == [
        ["E-mail", "'=Navn", "Beløb", "Født", "Set", "Ny"],
        ["p0@nordlys.example", 'Ida "I" Sø;ren', "-1000.50", "1980-01-02", "2026-03-01 12:00:00", "true"],
        ["p1@nordlys.example", "", "-1000.50", "1980-01-02", "2026-03-01 12:00:00", "true"],
    ]
    assert (receipt.place, receipt.rows) == ("out/list.csv", 2)
    assert receipt.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mode & 0o777 == 0o600


def test_text_is_made_harmless_and_numbers_are_not(tmp_path: Path) -> None:
    rows = pa.table({"text": ["-5", "=1+1"], "number": [-5, -6]})
    FileDestination(tmp_path, "list.csv").deliver(rows, {"t": "text", "n": "number"}, "d1")
    assert read_csv(tmp_path / "list.csv")[1:] == [["'-5", "-5"], ["'=1+1", "-6"]]


def test_the_same_delivery_twice_leaves_the_same_file(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.csv")
    first = there.deliver(people("Ida", "Bo"), COLUMNS, "d1")
    assert there.deliver(people("Ida", "Bo"), COLUMNS, "d1") == first


def test_an_empty_list_is_a_header(tmp_path: Path) -> None:
    FileDestination(tmp_path, "list.csv").deliver(people(), {"E-mail": "email"}, "d1")
    assert read_csv(tmp_path / "list.csv") == [["E-mail"]]


def test_separator_and_encoding_are_kept(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.csv", separator="\t", encoding="iso-8859-1")
    there.deliver(people("Ærø"), COLUMNS, "d1")
    assert read_csv(tmp_path / "list.csv", "\t", "iso-8859-1")[1][1] == "Ærø"


def test_numbers_have_the_decimal_mark_that_is_asked_for(tmp_path: Path) -> None:
    rows = pa.table({"spent": pa.array([Decimal("-1000.50"), None], pa.decimal128(18, 2)), "mean": [0.25, 1e22]})
    rows = rows.append_column("note", pa.array(["3.5 km", "x"]))
    there = FileDestination(tmp_path, "list.csv", decimal=",")
    there.deliver(rows, {"Brugt": "spent", "Snit": "mean", "Note": "note"}, "d1")
    assert read_csv(tmp_path / "list.csv")[1:] == [["-1000,50", "0,25", "3.5 km"], ["", "1e+22", "x"]]
    assert there.forget([{"Brugt": Decimal("-1000.50"), "Snit": 0.25}]) == 1
    assert read_csv(tmp_path / "list.csv")[1:] == [["", "1e+22", "x"]]


def test_letters_that_the_encoding_lacks_are_an_error_without_the_name(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.csv", encoding="iso-8859-1")
    there.deliver(people("Ida"), COLUMNS, "d1")
    with pytest.raises(DestinationError, match=r"list\.csv.*column 2.*iso-8859-1") as error:
        there.deliver(people("Łukasz"), COLUMNS, "d2")
    assert "ukasz" not in f"{error.value}{error.value.hint}"
    assert read_csv(tmp_path / "list.csv", encoding="iso-8859-1")[1][1] == "Ida"


def test_parquet_is_loss_free(tmp_path: Path) -> None:
    rows = people("=1+1", None)
    receipt = FileDestination(tmp_path, "list.parquet", "parquet").deliver(rows, COLUMNS, "d1")
    found = pq.read_table(tmp_path / "list.parquet")
    assert found.equals(rows.select(list(COLUMNS.values())).rename_columns(list(COLUMNS)))
    assert receipt.digest == hashlib.sha256((tmp_path / "list.parquet").read_bytes()).hexdigest()


@pytest.mark.parametrize("type_", [pa.list_(pa.int64()), pa.binary(), pa.struct({"a": pa.int64()}), pa.duration("s")])
def test_what_a_cell_cannot_hold_is_refused(tmp_path: Path, type_: pa.DataType) -> None:
    rows = pa.table({"tags": pa.array([None], type_)})
    with pytest.raises(DestinationError, match="'tags' holds"):
        FileDestination(tmp_path, "list.csv").deliver(rows, {"tags": "tags"}, "d1")
    assert not (tmp_path / "list.csv").exists()


@pytest.mark.parametrize("path", ["../list.csv", "out/../../list.csv", "", "a\0b"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DestinationError):
        FileDestination(tmp_path, path)


def test_a_path_that_says_so_may_be_elsewhere(tmp_path: Path) -> None:
    there = FileDestination(tmp_path / "project", str(tmp_path / "share/list.csv"))
    there.deliver(people("Ida"), {"E-mail": "email"}, "d1")
    assert read_csv(tmp_path / "share/list.csv") == [["E-mail"], ["p0@nordlys.example"]]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project/out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DestinationError, match="out of the project folder"):
        FileDestination(tmp_path / "project", "out/list.csv")


def test_a_link_in_the_place_of_the_part_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / ".list.csv.part").symlink_to(tmp_path / "precious")
    FileDestination(tmp_path, "list.csv").deliver(people("Ida"), COLUMNS, "d1")
    assert (tmp_path / "precious").read_text() == "kept"


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "xlsx"},
        {"separator": ""},
        {"separator": '"'},
        {"encoding": "latin-99"},
        {"encoding": "hex"},
        {"decimal": ";"},
        {"decimal": ",", "separator": ","},
    ],
)
def test_a_form_that_does_not_exist_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(DestinationError):
        FileDestination(tmp_path, "list.csv", **wrong)


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DestinationError, match="no column 'phone' for 'Mobil'"):
        FileDestination(tmp_path, "list.csv").deliver(people("Ida"), {"Mobil": "phone"}, "d1")


def test_the_mode_of_the_former_file_is_kept(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.csv")
    there.deliver(people("Ida"), COLUMNS, "d1")
    (tmp_path / "list.csv").chmod(0o640)
    there.deliver(people("Bo"), COLUMNS, "d2")
    assert (tmp_path / "list.csv").stat().st_mode & 0o777 == 0o640


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.sampled_from([";", ",", "\t", "|", " "]))
@example([("a;=1+1", 'x";=1+1;"'), ("", "x\r\n=1+1"), ("\r", "\n")], ";")
def test_every_text_reads_back(tmp_path: Path, texts: list[tuple[str, str]], separator: str) -> None:
    rows = pa.table({"a": [a for a, _ in texts], "b": [b for _, b in texts]}, pa.schema({"a": "string", "b": "string"}))
    FileDestination(tmp_path, "list.csv", separator=separator).deliver(rows, {"a": "a", "b": "b"}, "d1")
    assert read_csv(tmp_path / "list.csv", separator)[1:] == [[harmless(a), harmless(b)] for a, b in texts]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The kernel itself refuses to write beyond `size` bytes, in the middle of a file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_full_disk_leaves_the_former_list(tmp_path: Path, format_: str) -> None:
    there = FileDestination(tmp_path, "out/list", format_)
    there.deliver(people("Ida"), COLUMNS, "d1")
    before = (tmp_path / "out/list").read_bytes()
    many = people(*[os.urandom(32).hex() for _ in range(5000)])
    with largest_file(50_000), pytest.raises(DestinationError, match=r"out/list .*too large"):
        there.deliver(many, COLUMNS, "d2")
    assert (tmp_path / "out/list").read_bytes() == before
    assert os.listdir(tmp_path / "out") == ["list"]
    assert there.deliver(many, COLUMNS, "d2").rows == 5000


@pytest.mark.parametrize("call", ["fsync", "open", "fchmod"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_failing_call_leaves_the_former_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, format_: str
) -> None:
    there = FileDestination(tmp_path, "out/list", format_)
    there.deliver(people("Ida"), COLUMNS, "d1")
    before = (tmp_path / "out/list").read_bytes()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(DestinationError, match=r"out/list .*No space left"):
            there.deliver(people("Bo"), COLUMNS, "d2")
    assert (tmp_path / "out/list").read_bytes() == before
    assert os.listdir(tmp_path / "out") == ["list"]


def test_a_delivery_that_is_killed_leaves_the_former_list(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "out/list.csv")
    there.deliver(people("Ida"), COLUMNS, "d1")
    before = (tmp_path / "out/list.csv").read_bytes()
    child = os.fork()
    if not child:
        os.fsync = lambda _: os.kill(os.getpid(), 9)
        there.deliver(people("Bo"), COLUMNS, "d2")
    assert os.waitpid(child, 0)[1] == 9
    assert (tmp_path / "out/list.csv").read_bytes() == before
    assert there.deliver(people("Bo"), COLUMNS, "d2").rows == 1
    assert os.listdir(tmp_path / "out") == ["list.csv"]


def test_a_place_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(DestinationError, match=r"list\.csv could not be written"):
        FileDestination(tmp_path, "list.csv").deliver(people("Ida"), COLUMNS, "d1")
    assert os.listdir(tmp_path) == ["list.csv"]


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_forgetting_takes_out_these_rows_and_no_other(tmp_path: Path, format_: str) -> None:
    there = FileDestination(tmp_path, "list", format_)
    rows = people("=Ida", "Bo", None, "a;b\r\nc", "Bo")
    there.deliver(rows, COLUMNS, "d1")
    absent = {"E-mail": "nobody@nordlys.example"}
    assert (
        there.forget([{"E-mail": "p0@nordlys.example"}, {"E-mail": "p2@nordlys.example", "=Navn": None}, absent]) == 2
    )
    left = FileDestination(tmp_path, "expected", format_)
    left.deliver(rows.take([1, 3, 4]), COLUMNS, "d2")
    assert (tmp_path / "list").read_bytes() == (tmp_path / "expected").read_bytes()
    assert there.forget([{"=Navn": "Bo"}, {"=Navn": "bo"}]) == 1
    assert there.forget([{"=Navn": "Bo"}, {"Beløb": Decimal("3.00")}]) == 0


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_one_person_in_two_keys_is_found_twice_and_a_key_matches_all_its_values(tmp_path: Path, format_: str) -> None:
    there = FileDestination(tmp_path, "list", format_)
    there.deliver(people("Ida", "Bo"), COLUMNS, "d1")
    assert there.forget([{"E-mail": "p0@nordlys.example", "=Navn": "Bo"}]) == 0
    assert there.forget([{"E-mail": "p0@nordlys.example"}, {"=Navn": "Ida"}]) == 2


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_forgetting_is_refused_where_it_could_not_be_told_what_was_done(tmp_path: Path, format_: str) -> None:
    there = FileDestination(tmp_path, "list", format_)
    assert there.forget([{"E-mail": "x@nordlys.example"}]) == 0  # nothing was ever delivered
    there.deliver(people("Ida"), COLUMNS, "d1")
    before = (tmp_path / "list").read_bytes()
    assert there.forget([]) == 0
    for key in ({"Mobil": "1"}, {"E-mail": None}, {}):
        with pytest.raises(DestinationError):
            there.forget([{"E-mail": "p0@nordlys.example"}, key])
    assert (tmp_path / "list").read_bytes() == before
    (tmp_path / "list").write_bytes(b'"\xff\xfe\x00 broken')
    with pytest.raises(DestinationError, match="can't be read"):
        there.forget([{"E-mail": "p0@nordlys.example"}])


def test_a_list_with_a_torn_line_is_not_forgotten_from(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.csv")
    (tmp_path / "list.csv").write_text("E-mail;Navn\r\nida@nordlys.example\r\n")
    with pytest.raises(DestinationError, match="not every line"):
        there.forget([{"E-mail": "ida@nordlys.example"}])


def test_excel_holds_text_as_text_and_gives_people_up(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.xlsx", format="excel")
    first = there.deliver(people("Ida", "=Bo"), COLUMNS, "d1")
    assert there.deliver(people("Ida", "=Bo"), COLUMNS, "d1") == first
    head, ida, bo = read_workbook(tmp_path / "list.xlsx")
    assert head == ["E-mail", "'=Navn", "Beløb", "Født", "Set", "Ny"]
    assert bo == ["p1@nordlys.example", "'=Bo", -1000.5, "1980-01-02", "2026-03-01 12:00:00", "true"]
    assert there.forget([{"E-mail": "p1@nordlys.example", "=Navn": "=Bo"}, {"E-mail": "nobody@nordlys.example"}]) == 1
    assert [line[0] for line in read_workbook(tmp_path / "list.xlsx")] == ["E-mail", ida[0]]
    assert there.deliver(people(), COLUMNS, "d2").rows == 0


@pytest.mark.parametrize(("lines", "said"), [([["x" * 32_768]], "Line 1, column 1"), ([[1]] * 3, "rows")])
def test_what_a_sheet_cannot_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch, lines: list[list[object]], said: str
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(DestinationError, match=said):
        workbook.write_workbook(io.BytesIO(), lines)


def test_a_file_that_is_no_workbook_is_not_touched(tmp_path: Path) -> None:
    there = FileDestination(tmp_path, "list.xlsx", format="excel")
    (tmp_path / "list.xlsx").write_bytes(b"no workbook")
    with pytest.raises(DestinationError, match="can't be read"):
        there.forget([{"E-mail": "ida@nordlys.example"}])
    assert (tmp_path / "list.xlsx").read_bytes() == b"no workbook"
