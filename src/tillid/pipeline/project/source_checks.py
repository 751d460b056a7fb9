"""What must hold inside one source, and between a source and the register of purposes."""

from __future__ import annotations

from tillid.pipeline.project.entries import Entry
from tillid.pipeline.project.findings import unknown
from tillid.pipeline.project.known import Known
from tillid.pipeline.project.schema import Place
from tillid.terms.categories import ALL_DATA_USES

NAMED_BY = ("key", "time", "country")
PERSONAL = ("people", "consents", "suppressions")
CONSENT_COLUMNS = {"purpose": "text", "state": "text", "at": "timestamp", "notice": "text", "evidence": "text"}


def check_source(entry: Entry, known: Known) -> None:
    """Note the mistakes of a source whose shape is right."""
    _check_columns(entry)
    _check_identifiers(entry)
    _check_purposes(entry, known)
    if entry.values["kind"] == "consents":
        _check_consents(entry)


def _check_columns(entry: Entry) -> None:
    values, place = entry.values, entry.place
    header_of: dict[str, str] = {}
    for header, column in values["columns"].items():
        name = column["name"]
        if name in header_of:
            at = place.at("columns", header, "name")
            at.found(f"two headers have the name `{name}`: `{header_of[name]}` is the first")
        header_of.setdefault(name, header)
    for key in NAMED_BY:
        if key in values and values[key] not in header_of:
            place.at(key).found(unknown("column", values[key], header_of))
    for index, header in enumerate(values.get("ignore", ())):
        if header in values["columns"]:
            place.at("ignore", index).found(f"`{header}` is under `columns` too: take it out of one of them")


def _check_identifiers(entry: Entry) -> None:
    kind, place = entry.values["kind"], entry.place
    headers = [header for header, column in entry.values["columns"].items() if "identifier" in column]
    if kind in PERSONAL and not headers:
        place.at("columns").found(f"no column has an `identifier`: a source of {kind} needs one or more")
    if kind == "things":
        for header in headers:
            at = place.at("columns", header, "identifier")
            at.found("a source of things is about no person: it has no `identifier`")


def _check_purposes(entry: Entry, known: Known) -> None:
    values, place = entry.values, entry.place
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
    types = {column["name"]: column["type"] for column in values["columns"].values()}
    for name in ("purpose", "state", "at"):
        if name not in types and name not in values:
            instead = "" if name == "at" else f", or `{name}: …` beside `kind`"
            place.at("columns").found(f"a source of consents needs a column named `{name}`{instead}")
    for name in ("purpose", "state"):
        if name in types and name in values:
            place.at(name).found(f"`{name}` is a column too: say it in one place")
    _check_types(types, place, values)


def _check_types(types: dict[str, str], place: Place, values: dict[str, object]) -> None:
    headers = values["columns"]
    for header, column in headers.items() if isinstance(headers, dict) else ():
        wanted = CONSENT_COLUMNS.get(column["name"])
        if wanted and types[column["name"]] not in (wanted, "date" if wanted == "timestamp" else wanted):
            place.at("columns", header, "type").found(f"`{column['name']}` of a consent must be {wanted}")
