"""What must hold between the files of a project: every name refers to something that exists."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS

from tillid.pipeline.project.coverage_checks import check_coverage
from tillid.pipeline.project.entries import Entry
from tillid.pipeline.project.findings import unknown
from tillid.pipeline.project.known import Known
from tillid.pipeline.project.references import Reference, Refers, in_segment_rule, in_variable
from tillid.pipeline.project.schema import Place
from tillid.pipeline.project.source_checks import check_source
from tillid.pipeline.project.special_checks import check_special_columns, check_special_purpose
from tillid.terms.fields import FieldInvalid


def check_across(known: Known) -> None:
    """Note every mistake that shows only when the files are read together."""
    for entry in known.of("project"):
        _check_project(entry, known)
    for entry in known.of("purposes"):
        check_special_purpose(entry)
    for entry in known.of("source"):
        check_source(entry, known)
        check_special_columns(entry, known)
    for entry in known.of("profile"):
        _check_trait(entry, known)
    for entry in known.of("variables"):
        _check_variable(entry, known)
    for entry in known.of("segments"):
        known.check_name("purposes", "purpose", entry.values.get("purpose"), entry.place.at("purpose"))
        _check_references(in_segment_rule(entry.values.get("rule", {}), entry.place.at("rule")), known)
    _check_destinations(known)
    for entry in known.of("activations"):
        _check_activation(entry, known)
    check_coverage(known)


def _check_project(entry: Entry, known: Known) -> None:
    values, place = entry.values, entry.place
    country, timezone = values.get("country", "DK"), values.get("timezone", "UTC")
    if country not in SUPPORTED_REGIONS:
        place.at("country").found(unknown("country", country, SUPPORTED_REGIONS))
    if timezone not in available_timezones():
        place.at("timezone").found(unknown("time zone", timezone, available_timezones()))
    for name, role in values.get("roles", {}).items():
        known.check_purposes(role["purposes"], place.at("roles", name, "purposes"))
    for user, held in values.get("users", {}).items() if known.roles else ():
        for index, role in enumerate(held):
            if role not in known.roles:
                place.at("users", user, index).found(unknown("role", role, known.roles))


def _check_trait(entry: Entry, known: Known) -> None:
    people = known.sources_of("people")
    for index, written in enumerate(entry.values.get("from", ())):
        place = entry.place.at("from", index)
        source, _, column = written.partition(".")
        if source in people:
            _check_column(source, column, place, known)
        elif known.is_whole("source"):
            place.found(unknown("source of people", source, people))


def _check_variable(entry: Entry, known: Known) -> None:
    if entry.name in known.traits:
        entry.place.found(f"`{entry.name}` is a trait too: give the variable another name")
    try:
        _check_references(in_variable(entry.values, entry.place), known)
    except FieldInvalid as error:
        entry.place.at("column" if "column" in error.field else "sql").found(str(error))


def _check_column(source: str, column: str, place: Place, known: Known) -> None:
    columns = known.sources[source].categories
    if column not in columns and known.sources[source].is_whole:
        place.found(unknown(f"column of `{source}`", column, columns))


def _check_references(references: Iterable[Reference], known: Known) -> None:
    for reference in references:
        if reference.refers is Refers.VARIABLE:
            known.check_name("variables", "variable", reference.name, reference.place)
        elif reference.refers is Refers.TRAIT:
            _check_trait_named(reference, known)
        elif reference.refers is Refers.EVENTS:
            events = known.sources_of("events")
            if reference.name not in events and known.is_whole("source"):
                reference.place.found(unknown("source of events", reference.name, events))
        elif reference.source in known.sources:
            _check_column(reference.source, reference.name, reference.place, known)


def _check_trait_named(reference: Reference, known: Known) -> None:
    traits = known.traits
    if reference.name in traits or not known.traits_are_whole:
        return
    if reference.name in known.names("variables"):
        reference.place.found(f"`{reference.name}` is a variable: write `variable: {reference.name}`")
    else:
        reference.place.found(unknown("trait", reference.name, traits))


def _check_destinations(known: Known) -> None:
    writes: dict[str, str] = {}
    for entry in known.of("destinations"):
        if entry.has("path") and writes.setdefault(entry.values["path"], entry.name) != entry.name:
            other = writes[entry.values["path"]]
            entry.place.at("path").found(f"the destination `{other}` writes to this path too")
    fills: dict[str, str] = {}
    for entry in known.of("activations"):
        if entry.has("destination") and fills.setdefault(entry.values["destination"], entry.name) != entry.name:
            other = fills[entry.values["destination"]]
            entry.place.at("destination").found(f"the activation `{other}` goes to this destination too")


def _check_activation(entry: Entry, known: Known) -> None:
    values, place = entry.values, entry.place
    for key, kind in (("segment", "segments"), ("purpose", "purposes"), ("destination", "destinations")):
        known.check_name(kind, key, values.get(key), place.at(key))
    if not (known.traits_are_whole and known.is_whole("variables")):
        return
    choices = {*known.traits, *known.names("variables")}
    for header, name in values.get("columns", {}).items():
        if name not in choices:
            place.at("columns", header).found(unknown("trait or variable", name, choices))
