"""DuckDB's errors in the house's words; a text that could hold a value of a row is not passed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tillid.ports.errors import StoreError, StoreFull, StoreHeld, StoreTorn

_STOPPED = "Query interrupted"
_FULL = ("No space left", "File too large", "Disk quota", "max_temp_directory_size")
_ABOUT_THE_QUERY = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.NotImplementedException,
)
_ABOUT_THE_FILE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)


@contextmanager
def store_errors(*, opening: bool = False) -> Iterator[None]:
    """Raise a `StoreError` for whatever DuckDB raises inside; when the file is being opened, it is the file."""
    try:
        yield
    except duckdb.Error as error:
        raise _in_words(error, opening) from None
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C, which is for whoever started the program.
        if str(error) == _STOPPED:
            raise KeyboardInterrupt from None
        raise


def _in_words(error: duckdb.Error, opening: bool) -> StoreError:
    text = str(error)
    kind = type(error).__name__.removesuffix("Exception")
    if any(sign in text for sign in _FULL):
        return StoreFull("There is no space left for the store", hint="Free some, then run again: nothing is lost.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError("DuckDB needs more memory than its limit", hint="Raise the limit, or ask for less at once.")
    if isinstance(error, duckdb.IOException) and "Could not set lock" in text:
        return StoreHeld("The store's file is open in another program", hint="Close it there.")
    if opening or isinstance(error, _ABOUT_THE_FILE):
        return StoreTorn(
            f"The store's file can't be read ({kind})",
            hint="Restore .tillid from a backup, or move store.duckdb away and run: tillid run",
        )
    if isinstance(error, _ABOUT_THE_QUERY):
        return StoreError(f"DuckDB can't run the query: {text.splitlines()[0]}")
    return StoreError(f"DuckDB can't work out a value of the query ({kind})")
