"""Why a query, a permit or a statement was refused.

Refused
├── ActorUnknown             not listed in tillid.yml
├── PurposeMissing           a read that names no purpose
├── PurposeUnknown           not in the register
├── PurposeNotPermitted      no role of the actor may use it
├── PurposesDiffer           several purposes in one permit that admit different rows, or columns
├── TableUnknown             not declared
├── TableNotForPurpose       an internal table, read under another purpose
├── ColumnUnknown            not a column of the table
├── ColumnOutsidePurpose     its category is not covered by the purpose
├── CategoryNotVisible       no role of the actor may see its category
├── OperationNotAllowed      an expression that is not on the allow-list
├── StatementNotAllowed      SQL that is not one select over declared tables
├── PermitForged             a permit that the register did not make
├── QueryForged              a governed query that govern did not make
├── PermissionsNotKept       a purpose under which no person's permission is worked out
├── PermissionsStale         the register changed since permissions were last worked out
└── DeclaredTwice            two purposes, actors or tables of one name
"""

from __future__ import annotations

from tillid.terms.errors import TillidError


class Refused(TillidError):
    """The one rule said no; `rule` names which part of it."""

    rule = "governed"


class ActorUnknown(Refused):
    """Who asks is not listed in `tillid.yml`."""

    rule = "actor_listed"


class PurposeMissing(Refused):
    """A read that names no purpose."""

    rule = "purpose_named"


class PurposeUnknown(Refused):
    """A purpose that the register does not hold."""

    rule = "purpose_registered"


class PurposeNotPermitted(Refused):
    """A purpose that no role of the actor may use."""

    rule = "purpose_permitted"


class PurposesDiffer(Refused):
    """Several purposes in one permit that admit different rows, or different columns of a table kept for each."""

    rule = "purposes_share_scope"


class TableUnknown(Refused):
    """A table that is not declared."""

    rule = "table_declared"


class TableNotForPurpose(Refused):
    """An internal table, read under another purpose than its own."""

    rule = "table_for_purpose"


class ColumnUnknown(Refused):
    """A column that its table does not have."""

    rule = "column_declared"


class ColumnOutsidePurpose(Refused):
    """A column whose data category the purpose does not cover."""

    rule = "column_covered"


class CategoryNotVisible(Refused):
    """A column whose data category no role of the actor may see."""

    rule = "category_visible"


class OperationNotAllowed(Refused):
    """An operation or function that is not on the allow-list."""

    rule = "operation_allowed"


class StatementNotAllowed(Refused):
    """A text that is not one select statement over declared tables."""

    rule = "statement_allowed"


class PermitForged(Refused):
    """A permit that the register did not make."""

    rule = "permit_genuine"


class QueryForged(Refused):
    """A governed query that `govern` did not make."""

    rule = "query_genuine"


class PermissionsStale(Refused):
    """Permissions were worked out under another register than the one that asks."""

    rule = "permissions_fresh"


class PermissionsNotKept(Refused):
    """A purpose under which no person's permission is worked out, asked of a table that holds persons."""

    rule = "person_permitted"


class DeclaredTwice(Refused):
    """Two purposes, actors or tables of one name: which of them governs would be chance."""

    rule = "declared_once"
