"""Files by pattern: which there are, their digests, their formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tillid.connectors.sources import errors
from tillid.connectors.sources.errors import FileMissing
from tillid.connectors.sources.files import FileSource, find_format
from tillid.terms.errors import TillidError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data" / "old").mkdir(parents=True)
    for name in ("crm1.csv", "crm2.csv", "old/crm0.csv", "notes.md"):
        (tmp_path / "data" / name).write_text("a;b\n1;2\n")
    return tmp_path


def test_patterns_are_relative_to_the_project_and_each_file_counts_once(folder):
    files = FileSource(folder, ["data/crm*.csv", "data/crm1.csv", "data/**/crm0.csv"]).files()
    assert [file.path for file in files] == ["data/crm1.csv", "data/crm2.csv", "data/old/crm0.csv"]
    assert files[0].size == 8
    assert abs(files[0].modified_at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=5)


def test_the_digest_is_of_the_content(folder):
    source = FileSource(folder, ["data/crm*.csv"])
    first, second = source.files()
    assert first.digest == second.digest
    (folder / "data/crm2.csv").write_text("a;b\n1;3\n")
    changed = source.files()[1]
    assert changed.digest != second.digest
    assert changed.size == second.size


def test_a_pattern_without_files_is_an_error_that_names_the_nearest(folder):
    with pytest.raises(FileMissing, match=r"data/cmr1\.csv: no file matches. Did you mean 'data/crm1\.csv'\?"):
        FileSource(folder, ["data/crm*.csv", "data/cmr1.csv"]).files()
    with pytest.raises(FileMissing, match="nowhere/x: no file matches"):
        FileSource(folder, ["nowhere/x"]).files()


def test_a_file_that_vanished_is_an_error(folder):
    source = FileSource(folder, ["data/crm1.csv"])
    (file,) = source.files()
    (folder / "data/crm1.csv").unlink()
    with pytest.raises(FileMissing):
        source.look(file)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.CSV", b"a", "csv"),
        ("a.txt", b"a", "csv"),
        ("a.tsv", b"a", "tsv"),
        ("a", b'{"a":1}', "json"),
        ("a", b" [1]", "json"),
        ("a", b"x;y", "csv"),
        ("a.jsonl", b"{}", "ndjson"),
        ("a.csv", b"PAR1....", "parquet"),
        ("a.csv", b"PK\x03\x04....", "excel"),
    ],
)
def test_the_format_is_told_by_start_and_name(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    assert find_format(tmp_path / name, name) == expected


def test_a_row_that_is_not_there_has_no_line(folder):
    source = FileSource(folder, ["data/crm1.csv"])
    with pytest.raises(IndexError):
        source.line_of(source.files()[0], [1])


def test_every_error_of_a_file_is_an_error_of_tillid():
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert all(issubclass(value, TillidError) for value in classes)
