"""Every text, JSON and archive file of three corpora of odd files: read with the right cells, or refused with a reason.

The corpora are frictionless-py's data, calamine's tests and pyreadstat's test data; what frictionless's own tests
say of a file's headers and rows is held here.
"""

from __future__ import annotations

import os
import resource
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tillid.pipeline.read_file import FileRead, read_file

CORPORA = ("frictionless_data", "calamine_tests", "pyreadstat_test_data")
ENDINGS = (".csv", ".tsv", ".txt", ".json", ".zip", ".gz", ".parquet", ".ndjson", ".jsonl")
MOST_SECONDS = 10
MOST_MEMORY = 1 << 20  # KiB

TABLE = (["id", "name"], [["1", "english"], ["2", "中国人"]])
GERMAN = (["id", "name"], [["1", "english"], ["2", "german"]])
EXPECTED = {
    **dict.fromkeys(
        (
            *(
                "table.csv",
                "table.csv.gz",
                "table.csv.zip",
                "table.json",
                "table.keyed.json",
                "bom.csv",
                "delimiter.csv",
            ),
            *("compression/explicit.csv.gz", "compression/explicit.csv.zip", "compression/implicit-gz.csv"),
            *("compression/implicit-zip.csv", "[table].csv", "Table With Data.csv", "Таблица.csv", "resource.zip"),
            *("table_with_data.csv", "skip-rows.csv", "skip-rows-before-headers.csv", "table-delimiter.csv"),
        ),
        TABLE,
    ),
    "table-output.json": GERMAN,
    "table.tsv": (["id", "name"], [*TABLE[1], ["3", "\\N"]]),
    "table-reverse.csv": (["id", "name"], [["1", "中国人"], ["2", "english"]]),
    "escaping.csv": (["ID", "Test"], [["1", "Test line 1"], ["2", 'Test " line 2'], ["3", 'Test " line 3']]),
    "issue-1109.csv": (
        ["int", "number", "string"],
        [["1", "2.30", "string"], ["", "4.30", "string"], ["3", "3.14", "string"]],
    ),
    "table-limits.csv": (
        ["field1", "field2", "field3", "field4"],
        [["1", "2", "3", "4"], ["5", "6", "7", "8"], ["9", "10", "11", "12"]],
    ),
    "matrix-with-comment.csv": (["f1", "f2", "f3", "f4"], [[f"{n}{m}" for m in range(1, 5)] for n in range(1, 5)]),
    "matrix.csv": (["f1", "f2", "f3", "f4"], [[f"{n}{m}" for m in range(1, 5)] for n in range(1, 5)]),
    "without-headers.csv": (["#1", "#2"], [*TABLE[1], ["3", "german"]]),
    "without-rows.csv": (["id", "name"], []),
    "without-rows.csv.zip": (["id", "name"], []),
    "latin1.csv": (["id", "name"], [["1", "english"], ["2", "©"]]),
    "long.csv": (["id", "name"], [[str(n), letter] for n, letter in enumerate("abcdef", 1)]),
    "table-infer-iso-8859-7.csv": (
        ["id", "age", "name"],
        [["1", "39", "Λεωνιδας"], ["2", "23", "Αλεξανδρος"], ["3", "36", "Μυρων"], ["4", "28", "Ευστοργιος"]],
    ),
    "blank-headers.csv": (["id", "#2", "age"], [["1101", "John", "30"], ["1102", "Julie", "26"]]),
    "blank-rows-no-fields.csv": (["id", "name", "age"], [["1101", "John", "30"], ["1102", "Julie", "26"]]),
    "blank-cells.csv": (
        ["id", "name"],
        [["1", "Paul"], ["2", "John"], ["3", "George"], ["4", "Ringo"], ["5", ""]],
    ),
    "duplicate-headers.csv": (
        ["id", "name", "id (2)", "age", "id (3)"],
        [["1101", "John", "0", "30", "001101"], ["1102", "Julie", "0", "26", "001102"]],
    ),
    "leading-zeros.csv": (["value"], [["01"], ["002"], ["00003"]]),
    "floats.csv": (["number"], [[f"1.{n}"] for n in range(1, 6)]),
    "issue-833.csv": (["id", "value"], [["1", '["a"]'], ["2", ""], ["3", '["b"]']]),
    "issue-844.csv": (["nome", "età"], [["andy", "47"], ["tom", "67"]]),
    "issue-991.csv": (
        ["Excel time", "resource1_1_s_mean (°C)", "resource1_1_s_max (°C)"],
        [["1", "2", "3"]],
    ),
    "nested.csv": (
        ["id", "cat", "name"],
        [["1", "", "England"], ["2", "", "France"], ["3", "1", "London"], ["4", "2", "Paris"]],
    ),
    "numeric-labels.csv": (
        ["id", "100022", "100025", "100047", "100065", "100093", "10011", "100131", "100156", "100171"],
        [[f"id{n}", "True", "True", "False", *["True"] * 6] for n in (1, 2, 3)],
    ),
    "transpose.csv": (
        ["id", "1", "2", "3"],
        [["name", "germany", "france", "spain"], ["population", "83", "66", "47"]],
    ),
    "chunk1.csv": (["id", "name"], [["1", "english"]]),
    "sync-schema.csv": (["name", "id"], [["english", "1"], ["中国人", "2"]]),
    "primary-file-types.csv": (["id", "integer_minmax", "boolean"], [["1", "21", "True"], ["2", "31", "False"]]),
}
SHAPES = {
    "doublequote.csv": (17, 5),
    "issue-493.csv": (126, 9),
    "issue-305.csv": (31, 338),
    "table-10x10k.csv": (10, 9999),
}
REFUSED = {"empty.csv": "empty", "invalid.json": "damaged"}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared = os.environ.get("TILLID_SHARED")
    messy = Path(shared or ".") / "data" / "messy"
    if not shared or not messy.is_dir():
        pytest.skip("needs the corpora of odd files: set TILLID_SHARED to a folder with data/messy")
    folder = tmp_path_factory.mktemp("corpora")
    for name in CORPORA:
        with tarfile.open(messy / f"{name}.tar.xz") as book:
            book.extractall(folder / name, filter="data")
    return folder


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in ENDINGS)


@pytest.mark.prove
def test_every_file_is_read_or_refused_with_a_reason(corpora: Path, tmp_path: Path) -> None:
    outcomes = []
    for path in _files(corpora):
        began = time.process_time()
        read = read_file(path, out=tmp_path / "out")
        seconds = time.process_time() - began
        outcomes.append((path, read))
        print(path.relative_to(corpora), f"{seconds:.1f} s", _in_words(read), sep=" | ")
        assert seconds < MOST_SECONDS
        assert read.tables or read.refused
    assert len(outcomes) > 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY


def _in_words(read: FileRead) -> str:
    tables = [f"{t.name}: {t.rows} × {len(t.columns)}, {t.look.encoding}, {t.look.separator!r}" for t in read.tables]
    return "; ".join([*tables, *([f"refused: {read.refused}"] if read.refused else [])])


@pytest.mark.prove
def test_cells_are_those_that_the_corpus_says(corpora: Path, tmp_path: Path) -> None:
    folder = next(corpora.rglob("table.csv")).parent
    wrong = []
    for name, (header, rows) in EXPECTED.items():
        read = read_file(folder / name, out=tmp_path)
        table = pq.read_table(read.tables[0].path) if read.tables else None
        cells = (
            [["" if v is None else str(v) for v in row.values()] for row in table.to_pylist()]
            if table is not None
            else None
        )
        if table is None or (table.schema.names, cells) != (header, rows):
            wrong.append((name, read.refused, None if table is None else table.schema.names, cells))
    for name, shape in SHAPES.items():
        (table,) = read_file(folder / name).tables
        if (len(table.columns), table.rows) != shape:
            wrong.append((name, None, len(table.columns), table.rows))
    for name, reason in REFUSED.items():
        if reason not in (read_file(folder / name).refused or ""):
            wrong.append((name, "not refused", None, None))
    print(*wrong, sep="\n")
    assert not wrong
