"""What can be wrong with a request to wash; odd values never raise, they become invalid.

TillidError
└── WashError
    ├── ColumnNotInBatch
    ├── RawColumnTaken
    ├── ColumnNotText
    └── CountriesNotAligned
"""

from __future__ import annotations

from collections.abc import Sequence

from tillid.terms.errors import TillidError


class WashError(TillidError):
    """The root of what washing refuses."""


class ColumnNotInBatch(WashError):
    """A rule names a column that the batch does not have."""

    def __init__(self, column: str, present: Sequence[str]) -> None:
        super().__init__(
            f"cannot wash column {column!r}: the batch does not have it",
            hint=f"its columns are {', '.join(present)}",
        )
        self.column = column


class RawColumnTaken(WashError):
    """The name that the raw values need is taken, or two rules wash the same column."""

    def __init__(self, column: str, raw_column: str) -> None:
        super().__init__(
            f"cannot wash column {column!r}: there is already a column {raw_column!r}",
            hint="give the column of the file another name",
        )
        self.column = column


class ColumnNotText(WashError):
    """The values are of a type that holds no text or number."""

    def __init__(self, found: str) -> None:
        super().__init__(f"cannot wash values of type {found}", hint="declare the column with `type: text`")
        self.found = found


class CountriesNotAligned(WashError):
    """There are not as many countries as values."""

    def __init__(self, values: int, countries: int) -> None:
        super().__init__(f"cannot wash {values} values with {countries} countries: one country a value is needed")
