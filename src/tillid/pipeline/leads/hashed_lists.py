"""Suppression lists that name nobody: columns of hashed e-mail addresses or phone numbers, matched exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.people_list import PeopleList

_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}
_LEAST_SHARE = 0.9
# Google drops dots and what follows a plus before it hashes these; Meta and the others hash them as they are.
_WITHOUT_DOTS = ("gmail.com", "googlemail.com")


def hashed_columns(raw: Mapping[str, pa.Array]) -> dict[str, str]:
    """The columns of hashes, by header, with their algorithm: md5, sha1 or sha256, told by the length.

    A column is one of hashes when nine in ten of its values are hexadecimal of one such length.

    >>> hashed_columns({"mail": pa.array(["0bc83cb571cd1c50ba6f3e8a78ef1346", None]), "name": pa.array(["Ida", "Bo"])})
    {'mail': 'md5'}
    """
    found = {}
    for header, values in raw.items():
        there = pc.drop_null(pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values))
        for length, algorithm in _ALGORITHMS.items():
            hits = pc.sum(pc.match_substring_regex(there, rf"(?i)^\s*[0-9a-f]{{{length}}}\s*$")).as_py() or 0
            if hits and hits >= _LEAST_SHARE * len(there):
                found[header] = algorithm
    return found


def rows_on_hashed(leads: PeopleList, other: PeopleList, hashed: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Leads whose hash stands in a column of `hashed`: the lead, the row of the list, and by what they were found.

    An e-mail address is hashed in small letters without blanks, a phone number as E.164 with its plus and without.
    Salted hashes and other ways to write a value before it is hashed are not found.
    """
    rows_of: dict[str, dict[str, int]] = {}
    for header, algorithm in hashed.items():
        listed = rows_of.setdefault(algorithm, {})
        for row, text in enumerate(other.raw[header].to_pylist()):
            if text:
                listed.setdefault(text.strip().lower(), row)
    for role in ("email", "phone"):
        for values in leads.values(role):
            for lead, value in enumerate(values.to_pylist()):
                found = None if value is None else _row_of(_written(role, value), rows_of)
                if found is not None:
                    yield lead, found, role


def _row_of(written: tuple[str, ...], rows_of: Mapping[str, Mapping[str, int]]) -> int | None:
    for algorithm, listed in rows_of.items():
        for text in written:
            digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
            if digest in listed:
                return listed[digest]
    return None


def _written(role: str, value: str) -> tuple[str, ...]:
    """The ways in which a washed value is written before it is hashed."""
    if role == "phone":
        return value, value.removeprefix("+")
    local, _, domain = value.rpartition("@")
    if domain in _WITHOUT_DOTS:
        return value, f"{local.partition('+')[0].replace('.', '')}@{domain}"
    return (value,)
