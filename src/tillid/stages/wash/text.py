"""The first step of every wash: text without stray white space or control characters, in one Unicode form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.errors import ColumnNotText

# What people and programs write where they have nothing to say; compared without case.
PLACEHOLDERS = frozenset(
    {
        *("-", "--", "---", ".", "..", "...", "?", "??", "???", "/", "*", "**", "***", "_"),
        *("n/a", "n/a.", "#n/a", "n.a.", "<na>", "none", "unknown", "unspecified", "undefined", "not available"),
        *("ukendt", "ikke oplyst", "ikke angivet", "ukjent", "ikke oppgitt"),
        *("onbekend", "niet bekend", "n.v.t.", "nvt", "geen", "inconnu", "inconnue"),
    }
)
# Null and Nan are surnames and first names, so these count only as programs write them.
PROGRAM_NULLS = frozenset({"null", "NULL", "nan", "NaN"})

# Zero-width and direction marks, the soft hyphen and controls: never part of a value, and invisible.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)

# The first byte of æ ø å é ë ï as Windows-1252 shows it, and a second one.
_MOJIBAKE = re.compile("[ÃÂÅÄÐ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?+(?=[^\W\d_])|^\?(?=[^\W\d_])")


def clean(text: str) -> str:
    """The text in NFC, trimmed, each run of white space one blank, invisible characters gone.

    >>> clean("  Jens\\u00a0\\t Peter ")
    'Jens Peter'
    """
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def is_placeholder(text: str) -> bool:
    """Whether the text only stands for a missing value.

    >>> is_placeholder("Ukendt"), is_placeholder("Null"), is_placeholder("NULL")
    (True, False, True)
    """
    cleaned = clean(text)
    return not cleaned or cleaned in PROGRAM_NULLS or cleaned.casefold() in PLACEHOLDERS


def encoding_repaired(text: str) -> str:
    """The text with UTF-8 that was read as Windows-1252 (or Latin-1) read again; any other text as it is.

    >>> encoding_repaired("SÃ¸ren Ã…gÃ¥rd"), encoding_repaired("Ã Ø"), encoding_repaired("Søren")
    ('Søren Ågård', 'Ã Ø', 'Søren')
    """
    if not _MOJIBAKE.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def has_lost_characters(text: str) -> bool:
    """Whether a program put a sign of its own where a letter was: the replacement character, or ? inside a word.

    >>> has_lost_characters("S?ren"), has_lost_characters("Hvem?")
    (True, False)
    """
    return _LOST.search(text) is not None


def as_strings(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The values as one array of valid UTF-8 strings; whole numbers are written without a fraction.

    Raises ColumnNotText for lists, structs and the like.
    """
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):
        array = _whole_numbers(array)
    if not pa.types.is_string(array.type):
        try:
            array = array.cast(pa.string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            if not _holds_bytes(array.type):
                raise ColumnNotText(str(array.type)) from None
            return _repaired(array.cast(pa.large_binary()))
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return _repaired(array.cast(pa.large_binary()))
    return array


def by_distinct(values: pa.Array, washed: Callable[[str], str | None]) -> pa.Array:
    """Washes each distinct string once, in Python, and puts the results back in their places."""
    coded = values.dictionary_encode()
    once = pa.array([None if text is None else washed(text) for text in coded.dictionary.to_pylist()], pa.string())
    return once.take(coded.indices)


def fast_or_slow(fast: pa.Array, values: pa.Array, washed: Callable[[str], str | None]) -> pa.Array:
    """The fast result where there is one, else each distinct value washed in Python; null stays null.

    `fast` is null where the fast path does not vouch for the value.
    """
    open_ = pc.and_(fast.is_null(), values.is_valid())
    if not pc.any(open_, min_count=0).as_py():
        return fast
    return pc.replace_with_mask(fast, open_, by_distinct(values.filter(open_), washed))


def only_where(mask: pa.Array, values: pa.Array) -> pa.Array:
    """The values where the mask holds, null elsewhere."""
    return pc.if_else(mask, values, pa.scalar(None, pa.string()))


def _whole_numbers(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def _holds_bytes(type_: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_large_string, pa.types.is_string)
    return any(test(type_) for test in tests)


def _repaired(array: pa.Array) -> pa.Array:
    texts = (None if raw is None else raw.decode("utf-8", errors="replace") for raw in array.to_pylist())
    return pa.array(texts, pa.string())
