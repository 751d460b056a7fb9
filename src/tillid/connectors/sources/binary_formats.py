"""Tells what a file is by its bytes, before its name: workbooks, statistics files, and what only looks like one."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import IO

import olefile

from tillid.connectors.sources.containers import DAMAGED
from tillid.connectors.sources.errors import FileNotATable, FileProtected
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.limits import LIMITS

START_BYTES = 1 << 12
"""How much of a file's start `find_binary_format` wants."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_SAS = (bytes(12) + bytes.fromhex("c2ea8160"), bytes(12) + bytes.fromhex("c2ea8163"))
_STATA_RELEASES = (105, 108, 110, 111, 112, 113, 114, 115)
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|meta|style)[\s>]", re.IGNORECASE)
_WORKBOOK_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_OFFICE = {"word/": "a Word document", "ppt/": "a PowerPoint presentation", "visio/": "a Visio drawing"}
_STREAMS = {
    "worddocument": "a Word document",
    "powerpoint document": "a PowerPoint presentation",
    "visiodocument": "a Visio drawing",
    "__properties_version1.0": "an Outlook message",
}


def find_binary_format(start: bytes, path: Path | Openable, name: str) -> str | None:
    """excel, html, spss, sas, stata, parquet or zip; None for text. `start` are the first bytes, unpacked.

    Errors: FileProtected, FileNotATable.

    >>> find_binary_format(b"$FL2@(#) SPSS DATA FILE", Path("a"), "a")
    'spss'
    """
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((ZIP, _EMPTY_ZIP)):
        return _in_zip(path, name)
    if start.startswith(OLE):
        return _in_ole(path, name)
    if start.startswith(_OLD_EXCEL):
        raise FileNotATable(name, "a workbook of Excel 4 or older")
    return _statistics(start, name) or _markup(start, name)


def _in_zip(path: Path | Openable, name: str) -> str:
    try:
        with zipfile.ZipFile(_seekable(path, name)) as container:
            if any(entry.flag_bits & 1 for entry in container.infolist()):
                raise FileProtected(name)
            names = [entry.filename.lower().replace("\\", "/").lstrip("/") for entry in container.infolist()]
            if "mimetype" in names and "content.xml" in names:
                return _open_document(container, name)
    except DAMAGED:
        # Whether it is torn is for the reader of workbooks to say.
        return "excel"
    if any(entry.startswith("xl/") for entry in names) or any("workbook.xml" in entry for entry in names):
        return "excel"
    if any(entry.startswith("index/") and entry.endswith(".iwa") for entry in names):
        raise FileNotATable(name, "a Numbers document")
    for folder, what in _OFFICE.items():
        if any(entry.startswith(folder) for entry in names):
            raise FileNotATable(name, what)
    return "zip"


def _seekable(path: Path | Openable, name: str) -> Path | IO[bytes]:
    """A file as it is; a member of an archive in memory, as far as a workbook is read at all."""
    if isinstance(path, Path):
        return path
    with FileBytes(path, name) as source:
        return io.BytesIO(source.read(LIMITS.workbook_bytes + 1))


def _open_document(container: zipfile.ZipFile, name: str) -> str:
    kind = _first_bytes(container, "mimetype", 200).decode("ascii", "replace").strip()
    if b"encryption-data" in _first_bytes(container, "META-INF/manifest.xml", 1 << 20):
        raise FileProtected(name)
    if "spreadsheet" in kind or not kind:
        return "excel"
    raise FileNotATable(name, "an OpenDocument file that is no spreadsheet")


def _first_bytes(container: zipfile.ZipFile, part: str, size: int) -> bytes:
    if part not in container.namelist():
        return b""
    with container.open(part) as entry:
        return entry.read(size)


def _in_ole(path: Path | Openable, name: str) -> str:
    try:
        with olefile.OleFileIO(_seekable(path, name)) as container:
            streams = {parts[0].lower() for parts in container.listdir()}
    except (*DAMAGED, TypeError, AttributeError):
        return "excel"
    if "encryptedpackage" in streams:
        raise FileProtected(name)
    if streams & {"workbook", "book"}:
        return "excel"
    for stream, what in _STREAMS.items():
        if stream in streams:
            raise FileNotATable(name, what)
    raise FileNotATable(name, "an old Office document that is no workbook")


def _statistics(start: bytes, name: str) -> str | None:
    if start.startswith((b"$FL2", b"$FL3")) or b"SPSSPORT" in start[:1000].replace(b"\r", b"").replace(b"\n", b""):
        return "spss"
    if start.startswith(_SAS):
        if b"CATALOG" in start[156:200]:
            raise FileNotATable(name, "a SAS catalogue of formats, without data")
        return "sas"
    if start.startswith(b"HEADER RECORD*******LIB"):
        return "sas"
    is_old = len(start) > 4 and start[0] in _STATA_RELEASES and start[1] in (1, 2) and start[2] == 1
    return "stata" if start.startswith(b"<stata_dta>") or is_old else None


def _markup(start: bytes, name: str) -> str | None:
    text = _ascii_of(start)
    if _WORKBOOK_XML in text and b"<?xml" in text[:200]:
        return "excel"
    if b"opendocument" in text and b"office:document" in text:
        raise FileNotATable(name, "a flat OpenDocument file")
    if re.match(rb"\s*mime-version:", text, re.IGNORECASE) and b"multipart/related" in text.lower():
        raise FileNotATable(name, "a web archive (MHTML)")
    return "html" if text.startswith(b"<") and _HTML.search(text) else None


def _ascii_of(start: bytes) -> bytes:
    """The start of a text as ASCII, also of one in UTF-16."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[2:].replace(b"\x00", b"").lstrip()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()
