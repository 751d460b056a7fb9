"""The tables that resolving owns."""

from __future__ import annotations

from tillid.governance.housekeeping import INTAKE, LEADS, PERMISSIONS
from tillid.governance.housekeeping import JUDGEMENTS as JUDGING
from tillid.terms.purpose import LINKING
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Column, Table, TableKind

_IDENTIFIER = frozenset({"user.unique_id"})
_OPERATIONS = frozenset({"system.operations"})

SUBJECTS = Table(
    "subjects",
    (
        Column(SUBJECT_ID, "int64", key=True),
        Column("kind", "string", _IDENTIFIER, label="Kind of identifier"),
        Column("value", "string", _IDENTIFIER, label="Washed value", distinct=True),
    ),
    only_for=frozenset({INTAKE, PERMISSIONS, LEADS, JUDGING}),
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

JUDGEMENTS = Table(
    "judgements",
    (
        Column("subject_a", "int64", _IDENTIFIER),
        Column("subject_b", "int64", _IDENTIFIER),
        Column("verdict", "string", _IDENTIFIER, label="together, apart or withdrawn"),
        Column("at", "timestamp(6)", _OPERATIONS),
        Column("actor", "string", _OPERATIONS),
        Column("reason", "string", _OPERATIONS),
        Column("generation", "int64", _IDENTIFIER, label="The generation that was derived with it: one has one"),
    ),
    only_for=frozenset({LINKING, PERMISSIONS, JUDGING}),
    label="Which identifiers people judged to be one person or two, as they said it",
)


def _pairs(name: str, label: str) -> Table:
    columns = (Column("a", "int64", _IDENTIFIER), Column("b", "int64", _IDENTIFIER))
    return Table(name, columns, kind=TableKind.STAGED, only_for=frozenset({LINKING}), label=label)


EDGES = _pairs("edges", "Links between two subjects, in both directions")
SHARED_LINKS = _pairs("shared_links", "Those that do not count, since one of the two is shared too widely")

UNWILLING = Table(
    "unwilling_links",
    (Column("a", "int64", _IDENTIFIER), Column("b", "int64", _IDENTIFIER)),
    kind=TableKind.STAGED,
    only_for=frozenset({LINKING, PERMISSIONS}),
    label="Those that do not count, since one of the two said no to linking, or lacks a yes",
)


def _who(name: str, label: str) -> Table:
    columns = (Column(SUBJECT_ID, "int64", key=True),)
    staged = TableKind.STAGED
    return Table(name, columns, kind=staged, only_for=frozenset({LINKING, PERMISSIONS}), label=label)


BARRED = _who("barred_from_linking", "Subjects who said no to linking, or whose data are restricted")
GIVEN = _who("given_for_linking", "Subjects who said yes to linking, where it needs one")

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

PARTED = Table(
    "parted",
    (Column(SUBJECT_ID, "int64", key=True), Column("label", "int64", _IDENTIFIER)),
    kind=TableKind.STAGED,
    only_for=frozenset({LINKING, PERMISSIONS}),
    label="The least subject of each part of those components that hold two who are judged apart",
)

FORMER_MEMBERS = Table(
    "former_members",
    (Column(SUBJECT_ID, "int64", key=True), Column(PERSON_ID, "int64", key=True)),
    kind=TableKind.STAGED,
    only_for=frozenset({PERMISSIONS, JUDGING}),
    label="Which person each subject was in the generation before",
)

MEMBERS = Table(
    "members",
    (Column(SUBJECT_ID, "int64", key=True), Column(PERSON_ID, "int64", key=True)),
    kind=TableKind.DERIVED,
    only_for=frozenset({INTAKE, PERMISSIONS, LEADS, JUDGING}),
    label="Which person each subject is",
)

TABLES = (
    SUBJECTS,
    LINKS,
    GUESSES,
    JUDGEMENTS,
    EDGES,
    SHARED_LINKS,
    UNWILLING,
    BARRED,
    GIVEN,
    ENDS,
    KNOTS,
    labels(0),
    labels(1),
    COMPONENTS,
    PARTED,
    FORMER_MEMBERS,
    MEMBERS,
)
