"""What can be wrong with a source as a whole; a row that can't be read is refused, not raised.

TillidError
└── SourceError            `file` is its path in the project
    ├── FileMissing        a pattern matches nothing
    ├── FileEmpty          nothing is in it
    ├── FileTorn           cut off or damaged: gzip, Excel, Parquet, JSON
    ├── FileNotText        bytes that are no text where text is needed
    ├── FileNotATable      a document, picture or page that holds no table to read
    ├── FileProtected      it opens with a password alone
    ├── ArchiveRefused     an archive that is encrypted, or names files outside itself
    ├── LimitExceeded      it is larger, wider or deeper than is read
    ├── FormatMismatch     it is not what its name or definition says
    ├── QuoteUnclosed      a quote swallows the rest of the file
    ├── HeaderDuplicated   two columns have one header
    ├── HeaderMissing      there is no row to take headers from
    ├── SheetMissing       the workbook has no such sheet
    └── PullError          a source that is pulled; `file` is what lineage calls it
        ├── SourceUnreachable  nobody answers, or not now
        ├── AccessDenied       who asks is not let in, or may not read it
        ├── PullCut            the connection was lost while rows came
        ├── PullRefused        the other side can't do what was asked
        ├── DriverMissing      what speaks to it is not installed
        ├── HostKeyRefused     the server is not known by the key that it shows
        ├── BucketMissing      there is no such bucket
        ├── TableMissing       there is no such table or view
        ├── CursorMissing      the table has no such column to be taken up by
        ├── CursorUnfit        its values can't tell new rows from old
        └── ColumnBinary       a declared column holds bytes
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tillid.terms.errors import TillidError, nearest


class SourceError(TillidError):
    """A file, a table or a resource that can't be read."""

    def __init__(self, file: str, message: str, *, hint: str = "") -> None:
        super().__init__(f"{file}: {message}", hint=hint)
        self.file = file


class FileMissing(SourceError):
    """A pattern that matches no file."""

    def __init__(self, pattern: str, there: Collection[str]) -> None:
        super().__init__(pattern, "no file matches", hint=nearest(pattern, there) if there else "")


class FileEmpty(SourceError):
    """A file with nothing in it."""

    def __init__(self, file: str, *, hint: str = "") -> None:
        super().__init__(file, "the file is empty", hint=hint)


class FileTorn(SourceError):
    """A file that was cut off or damaged on its way."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(file, f"{what} is cut off or damaged", hint="Fetch the file again.")


class FileNotText(SourceError):
    """A file of other bytes where text is needed."""

    def __init__(self, file: str) -> None:
        hint = "Give its `format`, or its `encoding` if it is text."
        super().__init__(file, "the file holds bytes that are no text", hint=hint)


class FormatMismatch(SourceError):
    """A file that is not of the format that its name or definition says."""

    def __init__(self, file: str, format_: str, *, hint: str = "") -> None:
        super().__init__(file, f"the file is not {format_}", hint=hint)


class FileNotATable(SourceError):
    """A file of a kind that is not read as a table."""

    def __init__(self, file: str, looks_like: str) -> None:
        super().__init__(file, f"the file looks like {looks_like}", hint="Export the table as CSV, Excel or Parquet.")


class FileNotTrends(SourceError):
    """Another file than the interest over time that Google Trends downloads."""

    def __init__(self, file: str) -> None:
        hint = 'Download it under "Interest over time", and leave it as it is; or take `format` out.'
        super().__init__(file, "it is not a download of Google Trends: the headers are not `term: (place)`", hint=hint)


class FileProtected(SourceError):
    """A file that opens with a password alone."""

    def __init__(self, file: str) -> None:
        hint = "Open it, take the password off (Excel: File, Info, Protect Workbook) and save it again."
        super().__init__(file, "the file is protected with a password", hint=hint)


class ArchiveRefused(SourceError):
    """An archive that is encrypted, or whose members are not plain files inside it."""

    def __init__(self, file: str, message: str, *, hint: str = "") -> None:
        super().__init__(file, message, hint=hint)


class LimitExceeded(SourceError):
    """A file that is larger, wider or deeper than is read."""

    def __init__(self, file: str, message: str, *, hint: str = "") -> None:
        super().__init__(file, message, hint=hint)


class QuoteUnclosed(SourceError):
    """A value whose quote is never closed."""

    def __init__(self, file: str, line: int) -> None:
        hint = "Close it, or fetch the file again if it was cut off; give `quote` if another mark is used."
        super().__init__(file, f"line {line}: a quote is opened and never closed", hint=hint)
        self.line = line


class HeaderDuplicated(SourceError):
    """Two columns have one header."""

    def __init__(self, file: str, header: str, positions: Sequence[int]) -> None:
        where = " and ".join(str(position) for position in positions)
        super().__init__(file, f"columns {where} have the same header {header!r}", hint="Rename one of them.")
        self.header = header


class HeaderMissing(SourceError):
    """No row to take headers from."""

    def __init__(self, file: str, header_row: int) -> None:
        super().__init__(file, f"there are no headers in row {header_row}", hint="Check `header_row`.")


class SheetMissing(SourceError):
    """The workbook has no such sheet."""

    def __init__(self, file: str, sheet: str, sheets: Collection[str]) -> None:
        super().__init__(file, f"there is no sheet {sheet!r}", hint=nearest(sheet, sheets))


class PullError(SourceError):
    """A source that can't be pulled."""


class SourceUnreachable(PullError):
    """Nobody answers, or not now."""


class AccessDenied(PullError):
    """Who asks is not let in, or may not read what is asked for."""


class PullCut(PullError):
    """The connection was lost while rows came; nothing of the load is kept."""

    def __init__(self, name: str, rows: int) -> None:
        hint = "Nothing of this load is kept, and the next one begins where the last whole one ended: run again."
        super().__init__(name, f"the connection was lost after {rows:,} rows", hint=hint)


class PullRefused(PullError):
    """The other side can't do what was asked."""


class DriverMissing(PullError):
    """What speaks to this kind of database is not installed, or there is no such kind."""


class HostKeyRefused(PullError):
    """The server shows a host key that nobody vouched for, or there is none to know it by."""


class BucketMissing(PullError):
    """There is no such bucket."""


class TableMissing(PullError):
    """There is no such table or view, or the user may not see it."""


class CursorMissing(PullError):
    """The table has no such column to be taken up by."""

    def __init__(self, name: str, column: str, there: Collection[str]) -> None:
        super().__init__(name, f"there is no column {column!r}, which `database` names", hint=nearest(column, there))


class CursorUnfit(PullError):
    """The values of the cursor can't tell new rows from old."""


class ColumnBinary(PullError):
    """A declared column holds bytes, which nothing is made of."""

    def __init__(self, name: str, column: str, type_: str) -> None:
        super().__init__(name, f"column {column!r} holds bytes ({type_})", hint="Move it to `ignore`.")
