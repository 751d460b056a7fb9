"""What can be wrong between a source definition and the file that it is used for.

TillidError
└── IngestError
    ├── ColumnMissing        the file lacks columns that the definition names
    └── ValueNotOfType       `values` stores something that is not of the column's type
"""

from __future__ import annotations

from collections.abc import Sequence

from tillid.terms.errors import TillidError, nearest


class IngestError(TillidError):
    """A file and its definition do not fit."""


class ColumnMissing(IngestError):
    """The file (or other `place`) lacks columns that the definition names."""

    def __init__(self, file: str, missing: Sequence[str], there: Sequence[str], place: str = "file") -> None:
        named = ", ".join(repr(header) for header in missing)
        super().__init__(
            f"{file}: column{'s' if len(missing) > 1 else ''} {named} not in the {place}",
            hint=" ".join(dict.fromkeys(nearest(header, there) for header in missing[:1])),
        )
        self.file = file
        self.missing = tuple(missing)
        self.there = tuple(there)


class ValueNotOfType(IngestError):
    """`values` stores something that is not of the column's type."""

    def __init__(self, header: str, type_: str) -> None:
        super().__init__(f"Column {header!r}: `values` must store values of type {type_}")
        self.header = header
