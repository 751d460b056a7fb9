"""The tables that resolving owns."""

from __future__ import annotations

from tillid.governance.housekeeping import INTAKE, LEADS, PERMISSIONS
from tillid.terms.purpose import LINKING
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Column, Table, TableKind

_IDENTIFIER = frozenset({"user.unique_id"})

SUBJECTS = Table(
    "subjects",
    (
        Column(SUBJECT_ID, "int64", key=True),
        Column("kind", "string", _IDENTIFIER, label="Kind of identifier"),
        Column("value", "string", _IDENTIFIER, label="Washed value", distinct=True),
    ),
    only_for=frozenset({INTAKE, PERMISSIONS, LEADS}),
    label="Every identifier met, numbered in order of receipt; 0 is no person",
)

LINKS = Table(
    "links",
    (
        Column("subject_a", "int64", _IDENTIFIER),
        Column("subject_b", "int64", _IDENTIFIER),
        Column("kind_a", "string", _IDENTIFIER),
        Column("kind_b", "string", _IDENTIFIER),
        Column("source", "string", _IDENTIFIER),
    ),
    collected=True,
    only_for=frozenset({LINKING, INTAKE}),
    label="Identifiers that came together in one row, and what that row was collected for",
)

GUESSES = Table(
    "guesses",
    (Column(SUBJECT_ID, "int64", key=True), Column("guessed_id", "int64", key=True)),
    only_for=frozenset({INTAKE, PERMISSIONS}),
    label="Identifiers that were typed wrong, and which subject each most likely means: a no crosses, nothing else",
)


def _pairs(name: str, label: str) -> Table:
    columns = (Column("a", "int64", _IDENTIFIER), Column("b", "int64", _IDENTIFIER))
    return Table(name, columns, kind=TableKind.STAGED, only_for=frozenset({LINKING}), label=label)


EDGES = _pairs("edges", "Links between two subjects, in both directions")
SHARED_LINKS = _pairs("shared_links", "Those that do not count, since one of the two is shared too widely")


ENDS = Table(
    "ends",
    (
        Column(SUBJECT_ID, "int64", key=True),
        Column("neighbours", "int64", _IDENTIFIER),
        Column("nearest", "int64", _IDENTIFIER, label="The least neighbour"),
    ),
    kind=TableKind.STAGED,
    only_for=frozenset({LINKING}),
    label="Each linked subject with the number of its neighbours",
)

KNOTS = _pairs("knots", "Links between subjects that have several, in both directions")


def labels(turn: int) -> Table:
    """The labels of one turn of the search for connected subjects; two tables take turns."""
    return Table(
        f"labels_{turn % 2}",
        (Column(SUBJECT_ID, "int64", key=True), Column("label", "int64", _IDENTIFIER)),
        kind=TableKind.STAGED,
        only_for=frozenset({LINKING}),
        label="The least subject that each was found to be connected with, among those with several links",
    )


COMPONENTS = Table(
    "components",
    (Column(SUBJECT_ID, "int64", key=True), Column("label", "int64", _IDENTIFIER)),
    kind=TableKind.STAGED,
    only_for=frozenset({LINKING, PERMISSIONS}),
    label="The least subject that each linked subject is connected with",
)


MEMBERS = Table(
    "members",
    (Column(SUBJECT_ID, "int64", key=True), Column(PERSON_ID, "int64", key=True)),
    kind=TableKind.DERIVED,
    only_for=frozenset({INTAKE, PERMISSIONS, LEADS}),
    label="Which person each subject is",
)

TABLES = (SUBJECTS, LINKS, GUESSES, EDGES, SHARED_LINKS, ENDS, KNOTS, labels(0), labels(1), COMPONENTS, MEMBERS)
