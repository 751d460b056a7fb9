"""Whether a purpose covers all that is done under it: the columns used, and the rows they come from."""

from __future__ import annotations

from collections.abc import Iterable

from tillid.pipeline.project.entries import Entry
from tillid.pipeline.project.known import Known, Used
from tillid.pipeline.project.references import Reference, Refers, in_segment_rule
from tillid.pipeline.project.schema import Place
from tillid.terms.categories import is_covered


def check_coverage(known: Known) -> None:
    """Note each column that a segment or an activation uses and that its purpose does not cover."""
    for segment in known.of("segments"):
        purpose = known.entry("purposes", segment.values.get("purpose"))
        if purpose is not None:
            _check_told(segment, segment.place.at("category"), purpose)
            rule = segment.values.get("rule", {})
            for reference in in_segment_rule(rule, segment.place.at("rule")):
                _check_reference(reference, purpose, known)
    for activation in known.of("activations"):
        purpose = known.entry("purposes", activation.values.get("purpose"))
        if purpose is not None:
            for header, name in activation.values.get("columns", {}).items():
                place = activation.place.at("columns", header)
                _check_reference(_as_reference(name, known, place), purpose, known)


def _as_reference(name: str, known: Known, place: Place) -> Reference:
    is_variable = name in known.names("variables")
    return Reference(Refers.VARIABLE if is_variable else Refers.TRAIT, name, place)


def _check_reference(reference: Reference, purpose: Entry, known: Known) -> None:
    if reference.refers is Refers.TRAIT:
        used = known.traits.get(reference.name, ())
    elif reference.refers is Refers.VARIABLE:
        used = known.used_by_variable(reference.name)
    else:
        used = tuple(known.used_by_events(reference))
    _check_columns(reference, used, purpose)
    if reference.refers is Refers.VARIABLE:
        for name in (reference.name, *known.below(reference.name)):
            variable = known.entry("variables", name)
            if variable is not None:
                _check_told(variable, reference.place, purpose)
    sources = tuple(dict.fromkeys(column.source for column in used))
    if reference.refers is Refers.VARIABLE:
        # Each source of a variable is needed; a trait is there when one source has it.
        for source in sources:
            _check_rows(reference, (source,), purpose, known)
    elif reference.refers is not Refers.COLUMN:
        _check_rows(reference, sources, purpose, known)


def _check_columns(reference: Reference, columns: Iterable[Used], purpose: Entry) -> None:
    covered = frozenset(purpose.values.get("categories", ()))
    for used in columns if covered else ():
        if not is_covered(used.category, covered):
            uses = "" if reference.refers is Refers.COLUMN else f"`{reference.name}` uses "
            reference.place.found(
                f"{uses}{used}, which the purpose `{purpose.name}` does not cover: "
                "take it out, or add the category to the purpose"
            )


def _check_told(told: Entry, place: Place, purpose: Entry) -> None:
    """Note a variable or segment that is declared to tell of a category which the purpose does not cover."""
    covered = frozenset(purpose.values.get("categories", ()))
    category = told.values.get("category")
    if category and covered and not is_covered(category, covered):
        place.found(
            f"`{told.name}` tells of {category}, which the purpose `{purpose.name}` does not cover: "
            "take it out, or add the category to the purpose"
        )


def _check_rows(reference: Reference, sources: Iterable[str], purpose: Entry, known: Known) -> None:
    """Note a name that would always be empty: no row behind it was collected for the purpose."""
    behind = [known.sources[name] for name in sources]
    named = frozenset[str]().union(*(source.collected_for for source in behind))
    told = all(source.is_whole for source in behind) and bool(named)
    if told and purpose.name not in named and all(known.entry("purposes", name) for name in named):
        names = ", ".join(f"`{source.name}`" for source in behind)
        reference.place.found(
            f"`{reference.name}` would always be empty: no row of {names} is collected for `{purpose.name}`"
        )
