"""What must hold inside one source, and between a source and the register of purposes."""

from __future__ import annotations

from typing import Any

from tillid.pipeline.project.entries import Entry
from tillid.pipeline.project.findings import unknown
from tillid.pipeline.project.known import Known
from tillid.terms.categories import ALL_DATA_USES

NAMED_BY = ("key", "time", "country")
PERSONAL = ("people", "consents", "suppressions")
_ORIGINS = {"database": "a database", "api": "an API", "from": "a place with files"}
COLLECTED = ("people", "events")
CONSENT_TYPES = {
    "purpose": ("text",),
    "state": ("text",),
    "at": ("timestamp", "date"),
    "notice": ("text",),
    "evidence": ("text",),
}


def check_source(entry: Entry, known: Known) -> None:
    """Note the mistakes of a source."""
    _check_columns(entry)
    _check_identifiers(entry)
    _check_purposes(entry, known)
    _check_connection(entry, known, ("database", "connection"), ("driver",))
    _check_connection(entry, known, ("api", "connection"), ("url",))
    _check_connection(entry, known, ("from",), ("sftp", "s3"))
    if entry.values.get("kind") == "consents":
        _check_consents(entry)


def _check_connection(entry: Entry, known: Known, keys: tuple[str, ...], marked_by: tuple[str, ...]) -> None:
    """What stands under `keys` is a connection, and has one of the keys that mark those of its kind."""
    said: Any = entry.values
    for key in keys:
        said = said.get(key, {})
    if not said or known.connections is None:
        return
    place = entry.place.at(*keys)
    if said not in known.connections:
        place.found(unknown("connection", said, known.connections))
    elif not set(known.connections[said]) & set(marked_by):
        marks = " or ".join(f"`{mark}`" for mark in marked_by)
        place.found(f"the connection `{said}` has no {marks}, so it is not that of {_ORIGINS[keys[0]]}")


def _check_columns(entry: Entry) -> None:
    values, place = entry.values, entry.place
    header_of: dict[str, str] = {}
    for header, column in values.get("columns", {}).items():
        name = column["name"]
        if name in header_of:
            at = place.at("columns", header, "name")
            at.found(f"two headers have the name `{name}`: `{header_of[name]}` is the first")
        header_of.setdefault(name, header)
    for key in NAMED_BY:
        if key in values and values[key] not in header_of and entry.is_sound:
            place.at(key).found(unknown("column", values[key], header_of))
    for index, header in enumerate(values.get("ignore", ())):
        if header in values.get("columns", {}):
            place.at("ignore", index).found(f"`{header}` is under `columns` too: take it out of one of them")


def _check_identifiers(entry: Entry) -> None:
    kind, place = entry.values.get("kind"), entry.place
    headers = [header for header, column in entry.values.get("columns", {}).items() if "identifier" in column]
    is_named = entry.values.get("identified", True)
    if kind in PERSONAL and not headers and is_named and entry.is_sound:
        or_say = ", or `identified: false` where nobody can be recognised" if kind == "people" else ""
        place.at("columns").found(f"no column has an `identifier`: a source of {kind} needs one or more{or_say}")
    if headers and not is_named:
        place.at("identified").found("`identified: false` is for people of whom no column says who they are")
    if kind == "things":
        for header in headers:
            at = place.at("columns", header, "identifier")
            at.found("a source of things is about no person: it has no `identifier`")


def _check_purposes(entry: Entry, known: Known) -> None:
    values, place = entry.values, entry.place
    if entry.is_sound and values["kind"] in COLLECTED and not {"collected_for", "collected_for_if"} & values.keys():
        place.found("`collected_for` (or `collected_for_if`) is missing: without a purpose no row can be used")
    known.check_purposes(values.get("collected_for"), place.at("collected_for"))
    for purpose in values.get("collected_for_if", ()):
        known.check_name("purposes", "purpose", purpose, place.at("collected_for_if", purpose))
    known.check_name("purposes", "purpose", values.get("purpose"), place.at("purpose"))
    if known.is_whole("purposes"):
        barred = {*known.names("purposes"), *ALL_DATA_USES}
        for index, name in enumerate(values.get("bars", ())):
            if name not in barred:
                place.at("bars", index).found(unknown("purpose or data use", name, barred))


def _check_consents(entry: Entry) -> None:
    values, place = entry.values, entry.place
    names = {column["name"] for column in values.get("columns", {}).values()}
    for name in ("purpose", "state", "at"):
        if entry.is_sound and name not in names and name not in values:
            instead = "" if name == "at" else f", or `{name}: …` beside `kind`"
            place.at(name).found(f"a source of consents needs a column named `{name}`{instead}")
    for name in ("purpose", "state"):
        if name in names and name in values:
            place.at(name).found(f"`{name}` is a column too: say it in one place")
    for header, column in values.get("columns", {}).items():
        wanted = CONSENT_TYPES.get(column["name"])
        if wanted and column["type"] not in wanted:
            place.at("columns", header, "type").found(f"`{column['name']}` of a consent must be {' or '.join(wanted)}")
