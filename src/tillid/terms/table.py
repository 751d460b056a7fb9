"""Table and column: the declarations by which a query is governed and a person's data is found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

PERSON_ID = "person_id"
SUBJECT_ID = "subject_id"
PURPOSE_SET = "purpose_set"
NO_PERSON = 0
"""The subject of a fact that is about no person."""


class Path(StrEnum):
    """How a table's rows reach the person that they are about."""

    NONE = "none"
    SUBJECT = "subject"
    PERSON = "person"


class TableKind(StrEnum):
    """Facts are kept; a derived table is a pure function of facts, definitions and ledgers."""

    FACTS = "facts"
    DERIVED = "derived"
    STAGED = "staged"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type as Ibis writes it, and the data categories it must be covered for.

    A column derived from several has the categories of each. `key` columns join rows and carry no data.
    `distinct` says that most rows have a value of their own.
    """

    name: str
    type: str
    categories: frozenset[str] = frozenset()
    label: str = ""
    unit: str = ""
    key: bool = False
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table; one that is not declared can be neither written nor read.

    `path` says how its rows reach the person; a table reached by `SUBJECT` shows `person_id` and keeps
    `subject_id` to itself. `collected` tables hold the purpose set of each row. `scoped` tables hold only
    rows of one scope and are kept once for each, or where not `shared` once for each purpose;
    `worked_out_from` names the other scoped tables that such a table reads. `retained_from` is the time from
    which retention counts. `only_for` names the purposes that may read an internal table; empty means any.

    >>> orders = Table("orders", (Column("amount", "decimal(18, 2)", frozenset({"user.behavior"})),),
    ...                path=Path.SUBJECT, collected=True)
    >>> list(orders.logical()), list(orders.physical())
    (['person_id', 'amount'], ['subject_id', 'purpose_set', 'amount'])
    """

    name: str
    columns: tuple[Column, ...]
    path: Path = Path.NONE
    kind: TableKind = TableKind.FACTS
    collected: bool = False
    scoped: bool = False
    shared: bool = True
    worked_out_from: frozenset[str] = frozenset()
    retained_from: str | None = None
    only_for: frozenset[str] = frozenset()
    label: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if self.path is not Path.NONE:
            by_name.setdefault(PERSON_ID, Column(PERSON_ID, "int64", key=True))
        object.__setattr__(self, "_by_name", by_name)

    def column(self, name: str) -> Column | None:
        """The column of this name as a query sees it, or None."""
        return self._by_name.get(name)

    def logical(self) -> dict[str, str]:
        """Column name → type as a query sees them."""
        person = {} if self.path is Path.NONE else {PERSON_ID: "int64"}
        return person | {column.name: column.type for column in self.columns}

    def with_distinct(self, names: Collection[str]) -> Table:
        """The same table, with `names` among the columns in which most rows have a value of their own."""
        columns = tuple(replace(c, distinct=True) if c.name in names else c for c in self.columns)
        return replace(self, columns=columns)

    def distinct_text(self) -> frozenset[str]:
        """The columns of text in which most rows have a value of their own."""
        return frozenset(column.name for column in self.columns if column.distinct and column.type == "string")

    def physical(self) -> dict[str, str]:
        """Column name → type as the store keeps them."""
        keys: dict[str, str] = {}
        if self.path is Path.SUBJECT:
            keys[SUBJECT_ID] = "int64"
        elif self.path is Path.PERSON:
            keys[PERSON_ID] = "int64"
        if self.collected:
            keys[PURPOSE_SET] = "int32"
        return keys | {column.name: column.type for column in self.columns}
