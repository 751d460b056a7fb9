"""How a person's profile, and what may be done with it, look to whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tillid.cli.show import facts, heading, mappings, plain, show, tabled


def profile_shown(answer: Mapping[str, Any]) -> None:
    """Each trait and variable that the purpose may use and that the person has."""
    show(f"For {answer['purpose']}:", facts(answer["profile"]))


def explanation_shown(answer: Mapping[str, Any]) -> None:
    """Whether a person may be processed for a purpose, until when and why not; which columns may be used."""
    show(f"Purpose {answer['purpose']}, on the basis of {plain(answer['legal_basis']).replace('_', ' ')}")
    for person in answer["persons"]:
        _person_shown(person)
    usable: dict[str, list[str]] = {}
    outside: dict[str, list[str]] = {}
    for column in answer["columns"]:
        if column["usable"]:
            usable.setdefault(column["table"], []).append(column["column"])
        else:
            outside.setdefault(column["reason"], []).append(f"{column['table']}.{column['column']}")
    show(heading("May be used for it"), tabled(("table", "columns"), usable.items()))
    if outside:
        show(heading("May not"), tabled(("reason", "columns"), outside.items()))


def _person_shown(person: Mapping[str, Any]) -> None:
    if person["permitted"]:
        until = plain(person["until"])
        verdict = "may be processed" if until.startswith("9999") else f"may be processed until {until} UTC"
    else:
        verdict = f"may not be processed: {person['reason_in_words'] or person['reason'] or 'no permission'}"
    show(heading(f"Person {person['person']} {verdict}"))
    known = {row["kind"]: row["values"] for row in person["identifiers"]}
    show(facts({"identifiers": known, "rows that count": person["rows"], "in segments": person["segments"]}))
    if person["deliveries"]:
        show(heading("Delivered"), mappings(person["deliveries"]))


def judgement_shown(answer: Mapping[str, Any]) -> None:
    """What a judgement changed, or would change: how many identifiers of which kind go where."""
    one, other = (f"{each['kind']} ({each['subject']})" for each in answer["identifiers"])
    says = {"together": "are one person", "apart": "are two persons", "withdrawn": "are judged no more"}
    show(heading(f"The identifiers {one} and {other} {says[answer['verdict']]}"))
    if answer["moves"]:
        rows = [(move["from"], move["to"], move["kind"], move["identifiers"]) for move in answer["moves"]]
        show(tabled(("from person", "to person", "kind", "identifiers"), rows, numbers=(3,)))
    else:
        show("No identifier changes its person.")
    if not answer["recorded"]:
        show("Nothing was changed: this is what would be. Add --yes to do it.")


def two_shown(answer: Mapping[str, Any]) -> None:
    """Whether two identifiers are one person, over which links, or why not."""
    one, other = (f"{each['kind']} ({each['subject']})" for each in answer["identifiers"])
    verdict = "are one person" if answer["are_one"] else f"are two persons: {answer['reason_in_words']}"
    show(heading(f"The identifiers {one} and {other} {verdict}"))
    for said in answer["judged_apart"]:
        show(f"Judged apart by {plain(said['by'])} on {plain(said['at'])} UTC")
    if answer["way"]:
        rows = [
            (step["from"], step["to"], step["sources"], _judged(step), _yes(step["counts"])) for step in answer["way"]
        ]
        show(tabled(("from", "to", "came together in", "judged by", "counts"), rows))


def _judged(step: Mapping[str, Any]) -> str:
    return f"{step['judged_by']} on {plain(step['judged_at'])}" if step["judged_by"] else ""


def _yes(counts: bool) -> str:
    return "yes" if counts else "no"
