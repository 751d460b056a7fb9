"""Archives: their tables, archives within them, and those that would do harm."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tillid.connectors.sources.errors import ArchiveRefused, FileTorn, LimitExceeded, SheetMissing, SourceError


def packed(members, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as book:
        for name, content in members.items():
            book.writestr(name, content)
    return target.getvalue()


def parquet():
    target = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2]}), target)
    return target.getvalue()


def test_each_data_file_is_a_table_called_by_its_path(read):
    content = packed({"a/crm.csv": "nr;navn\n1;Åse\n", "b.json": '[{"x":1}]', "c.parquet": parquet(), "d/": ""})
    whole = read("all.zip", content)
    assert whole.source.tables(whole.file) == ("a/crm.csv", "b.json", "c.parquet")
    assert whole.rows == [{"nr": "1", "navn": "Åse"}]
    assert whole.look.sheet == "a/crm.csv"
    assert any("holds 3 tables" in note for note in whole.look.notes)
    assert read("all.zip", sheet="c.parquet").rows == [{"x": 1}, {"x": 2}]
    with pytest.raises(SheetMissing, match=r"'c\.parket'"):
        read("all.zip", sheet="c.parket")


def test_what_is_no_table_is_left_out_and_said(read):
    whole = read(
        "all.zip", packed({"crm.csv": "a;b\n1;2\n", "empty.csv": "", "x.pdf": "%PDF-1.7", "__MACOSX/crm.csv": "x"})
    )
    assert whole.source.tables(whole.file) == ("crm.csv",)
    assert [note for note in whole.look.notes if "x.pdf" in note and "PDF document" in note]
    with pytest.raises(SourceError, match="PDF document"):
        read("none.zip", packed({"x.pdf": "%PDF-1.7"}))
    with pytest.raises(SourceError, match="holds no file"):
        read("nothing.zip", packed({}))


def test_an_archive_in_an_archive_is_read_and_one_within_that_is_not(read):
    inner = packed({"x.csv": "a;b\n1;2\n"})
    whole = read("a.zip", packed({"in.zip": inner}))
    assert (whole.source.tables(whole.file), whole.rows) == (("in.zip/x.csv",), [{"a": "1", "b": "2"}])
    with pytest.raises(LimitExceeded, match="within archives"):
        read("b.zip", packed({"out.zip": packed({"in.zip": inner})}))


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_names_that_lead_outside_are_refused(read, name):
    with pytest.raises(ArchiveRefused, match="outside itself"):
        read("a.zip", packed({"ok.csv": "a;b\n1;2\n", name: "a;b\n"}))


def test_links_are_refused(read):
    entry = zipfile.ZipInfo("link.csv")
    entry.external_attr = 0o120777 << 16
    with pytest.raises(ArchiveRefused, match="a link"):
        read("a.zip", packed({entry: "/etc/passwd"}))


def test_an_encrypted_archive_is_refused(read):
    content = bytearray(packed({"a.csv": "a;b\n1;2\n"}, zipfile.ZIP_STORED))
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + place] |= 1
    with pytest.raises(ArchiveRefused, match="encrypted"):
        read("a.zip", bytes(content))


def test_bombs_are_refused_before_they_go_off(read):
    with pytest.raises(LimitExceeded, match="more than is read"):
        read(
            "many.zip",
            packed({f"{n}.csv": b"0" * (1 << 20) for n in range(70)} | {"x.csv": bytes(1 << 27)}, zipfile.ZIP_BZIP2),
        )
    with pytest.raises(LimitExceeded, match="more than 5,000 files"):
        read("files.zip", packed({f"{n}.csv": "a" for n in range(5001)}))


def test_a_torn_archive_is_one_clear_error(read):
    content = packed({"a.csv": "a;b\n" + "1;2\n" * 1000})
    with pytest.raises(FileTorn, match="the archive is cut off or damaged"):
        read("a.zip", content[:-30])
    broken = bytearray(content)
    broken[60:70] = b"xxxxxxxxxx"
    with pytest.raises(FileTorn):
        read("b.zip", bytes(broken))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_tar(read, mode):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as book:
        for name, content in {"a.csv": b"a;b\n1;2\n", "b.json": b'[{"x":1}]'}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            book.addfile(entry, io.BytesIO(content))
    whole = read("a.tar", target.getvalue())
    assert whole.source.tables(whole.file) == ("a.csv", "b.json")
    assert whole.rows == [{"a": "1", "b": "2"}]
