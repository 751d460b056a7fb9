"""tillid explain segment|variable|activation: what a definition is made of, and what it may be used for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tillid.governance.columns_usable import is_lawful, is_usable
from tillid.pipeline.errors import NotDefined
from tillid.pipeline.in_words import rule_in_words, variable_in_words
from tillid.pipeline.workspace import Workspace
from tillid.stages.profile.derived import inputs_of
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.segment.definitions import SegmentDefinition, VariableRule, rules_within
from tillid.stages.segment.tables import members_table_name
from tillid.terms.errors import nearest
from tillid.terms.purpose import Purpose
from tillid.terms.table import Column

Explanation = dict[str, object]


def explain_definition(workspace: Workspace, kind: str, name: str) -> Explanation:
    """What the segment, variable or activation of this name is made of; `kind` is one of these words.

    The answer begins with `{kind: name, "label": …}` and names data categories, purposes and reasons, never
    a person's data. Raises `NotDefined`.
    """
    return _EXPLAINED[kind](workspace, name)


def _variable(workspace: Workspace, name: str) -> Explanation:
    project = workspace.project
    _check_defined("variable", name, project.variables)
    variable, column = project.variables[name], _column(workspace, VARIABLES, name)
    return {
        "variable": name,
        "label": variable.label,
        "unit": variable.unit,
        "type": column.type,
        "worked_out": variable_in_words(variable),
        "categories": sorted(column.categories),
        "purposes": [_usable(workspace, column, purpose) for purpose in project.purposes.values()],
        "used_in": {
            "variables": [v.name for v in project.variables.values() if v.is_derived and name in inputs_of(v)],
            "segments": [s.name for s in project.segments.values() if name in _variables_of(s)],
            "activations": [a.name for a in project.activations.values() if name in a.columns.values()],
        },
    }


def _segment(workspace: Workspace, name: str) -> Explanation:
    project = workspace.project
    _check_defined("segment", name, project.segments)
    segment = project.segments[name]
    purpose = project.purposes[segment.purpose]
    column = workspace.register.table(members_table_name(name)).columns[0]
    return {
        "segment": name,
        "label": segment.label,
        **_ground(purpose),
        "rule": rule_in_words(segment.rule),
        "categories": sorted(column.categories),
        "usable": _usable(workspace, column, purpose),
        "used_in": {"activations": [a.name for a in project.activations.values() if a.segment == name]},
    }


def _activation(workspace: Workspace, name: str) -> Explanation:
    project = workspace.project
    _check_defined("activation", name, project.activations)
    activation = project.activations[name]
    purpose = project.purposes[activation.purpose]
    columns = []
    for header, source in activation.columns.items():
        table = PEOPLE if workspace.register.table(PEOPLE).column(source) is not None else VARIABLES
        column = _column(workspace, table, source)
        usable = _usable(workspace, column, purpose)
        columns.append(
            {
                "header": header,
                "from": f"{table}.{source}",
                "categories": sorted(column.categories),
                "usable": usable["usable"],
                "reason": usable["reason"],
            }
        )
    return {
        "activation": name,
        "label": activation.label,
        **_ground(purpose),
        "recipients": list(purpose.recipients),
        "segment": activation.segment,
        "destination": activation.destination,
        "columns": columns,
    }


_EXPLAINED: Mapping[str, Callable[[Workspace, str], Explanation]] = {
    "variable": _variable,
    "segment": _segment,
    "activation": _activation,
}


def _check_defined(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise NotDefined(f"No {kind} {name!r} is defined", hint=nearest(name, known))


def _column(workspace: Workspace, table: str, name: str) -> Column:
    declared = workspace.register.table(table)
    column = declared.column(name)
    if column is None:
        raise NotDefined(f"No column {name!r} in {table}", hint=nearest(name, declared.logical()))
    return column


def _ground(purpose: Purpose) -> Explanation:
    return {"purpose": purpose.key, "data_use": purpose.data_use, "legal_basis": purpose.legal_basis.value}


def _usable(workspace: Workspace, column: Column, purpose: Purpose) -> Explanation:
    """Whether the actor may use the column for the purpose, and why not."""
    actor = workspace.actor
    if not is_usable(column, purpose):
        outside = ", ".join(c for c in sorted(column.categories) if not is_lawful(c, purpose))
        reason = f"{outside or 'no data category'} is not covered"
    elif not actor.may_use(purpose.key):
        reason = f"no role of {actor.name!r} may use the purpose"
    elif hidden := [c for c in sorted(column.categories) if not actor.may_see(c, purpose.key)]:
        reason = f"no role of {actor.name!r} may see {', '.join(hidden)}"
    else:
        return {"purpose": purpose.key, "usable": True, "reason": "covered by the purpose, visible to who asks"}
    return {"purpose": purpose.key, "usable": False, "reason": reason}


def _variables_of(segment: SegmentDefinition) -> set[str]:
    return {rule.variable for rule, _ in rules_within(segment.rule) if isinstance(rule, VariableRule)}
