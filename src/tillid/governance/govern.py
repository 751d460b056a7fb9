"""govern(): the only road from a query to the data."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tillid.governance.columns_used import NO_COLUMN, Needs, Node, columns_needed, rebuild
from tillid.governance.decisions import Decision, Outcome
from tillid.governance.errors import ColumnUnknown, OperationNotAllowed
from tillid.governance.fallible import may_fail
from tillid.governance.governed import GOVERNED_SCHEMA, GovernedQuery, SqlText, _issue_governed
from tillid.governance.mapping import MAPPING
from tillid.governance.operations import ALLOWED
from tillid.governance.permit import Permit, check_genuine
from tillid.governance.register import fingerprint
from tillid.governance.rules import RULES, TableUse
from tillid.terms.errors import nearest
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Path, Table


def govern(query: ir.Expr, permit: Permit) -> GovernedQuery:
    """Put every table of `query` under guards and hand back what a store will run.

    `query` is an unbound Ibis expression over the tables of the permit's register. Raises a `Refused` that
    names the table, column or operation: an undeclared table, a column outside the purpose, an operation
    that is not on the allow-list. It needs no engine and reads no data.
    """
    check_genuine(permit)
    expression = query if isinstance(query, ir.Table) else query.as_table()
    root = expression.op()
    check_operations(root)
    ledger = _DecisionMaker(permit, shields=may_fail(root))
    needs = columns_needed(root)
    guarded = {op: ledger.guard(op.name, names).op() for op, names in _tables(root, needs).items()}
    return ledger.issue(rebuild(root, needs, guarded).to_expr())


def place_of(table: Table, permit: Permit) -> str:
    """Where a store keeps the table for this permit: a scoped table is kept once for each scope."""
    return f"{table.name}__{permit.scope_of(table)}" if table.scoped else table.name


def check_operations(root: Node) -> None:
    """Refuse an expression that holds an operation outside the allow-list."""
    for node in root.find(ops.Node):
        if type(node) not in ALLOWED:
            raise OperationNotAllowed(
                f"The operation {type(node).__name__} is not allowed in a query",
                hint="Raw SQL, functions by name, in-memory tables and tables of a backend never are.",
            )


def _tables(root: Node, needs: Needs) -> dict[Node, tuple[str, ...]]:
    found: dict[Node, tuple[str, ...]] = {}
    for table in root.find(ops.UnboundTable):
        if table.namespace.database is not None or table.namespace.catalog is not None:
            raise OperationNotAllowed(f"The table {table.name!r} names a place in a store", hint="Use catalogue names.")
        found[table] = tuple(name for name in table.schema.names if name in needs.get(table, frozenset()))
    return found


class _DecisionMaker:
    """Guards the tables of one query and gathers what the rules decide.

    Only `govern` and `govern_sql` may hold one: it believes that every table of the body came from `guard`.
    """

    def __init__(self, permit: Permit, *, shields: bool) -> None:
        check_genuine(permit)
        self._permit = permit
        self._shields = shields
        self._now: datetime = permit.now
        self._outcomes: list[Outcome] = []
        self._columns: dict[str, set[str]] = {}
        self._places: dict[str, Table] = {}

    def guard(self, name: str, columns: tuple[str, ...]) -> ir.Table:
        """The table `name` under every rule, with `columns` (or, when none is used, a constant) as columns."""
        table = self._permit.register.table(name)
        self._columns.setdefault(name, set()).update(columns)
        use = self._use(table, columns)
        answers = [(rule.__name__, rule(use)) for rule in RULES]
        guards = [(rule, guard) for rule, guard in answers if guard is not None]
        for rule, guard in guards:
            outcome = Outcome(rule, name, guard.reason)
            if outcome not in self._outcomes:
                self._outcomes.append(outcome)
        rows = _kept(use.rows, [guard.rows for _, guard in guards])
        if use.people is not None:
            people = _kept(use.people, [guard.people for _, guard in guards])
            rows = _join_people(rows, people, table.path)
            rows = _shielded(rows, columns) if self._shields else rows
        return rows.select(list(columns) or ibis.literal(1, type="int8").name(NO_COLUMN))

    def issue(self, body: ir.Table | SqlText) -> GovernedQuery:
        """The governed query around a body whose tables were all guarded here."""
        fingerprints = {purpose.key: fingerprint(purpose) for purpose in self._permit.purposes}
        return _issue_governed(body, self.decision(), fingerprints, dict(self._places))

    def decision(self) -> Decision:
        """The decision so far."""
        return Decision(
            actor=self._permit.actor.name,
            purposes=tuple(purpose.key for purpose in self._permit.purposes),
            register_version=self._permit.register.version,
            decided_at=self._now,
            columns=tuple((table, tuple(sorted(names))) for table, names in sorted(self._columns.items())),
            outcomes=tuple(self._outcomes),
        )

    def _use(self, table: Table, columns: tuple[str, ...]) -> TableUse:
        declared = []
        for column in columns:
            found = table.column(column)
            if found is None:
                raise ColumnUnknown(
                    f"The table {table.name!r} has no column {column!r}",
                    hint=nearest(column, table.logical()),
                )
            declared.append(found)
        place = place_of(table, self._permit)
        self._places[place] = table
        rows = ibis.table(table.physical(), name=place, database=GOVERNED_SCHEMA)
        people = None
        if table.path is not Path.NONE:
            mapping = self._permit.register.table(MAPPING)
            self._places[MAPPING] = mapping
            people = ibis.table(mapping.physical(), name=MAPPING, database=GOVERNED_SCHEMA)
        return TableUse(table, tuple(declared), self._permit, rows, people, self._now)


def _kept(table: ir.Table, predicates: list[ir.Value | None]) -> ir.Table:
    conditions = [predicate for predicate in predicates if predicate is not None]
    return table.filter(conditions) if conditions else table


def _shielded(rows: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    # The person's id comes from the mapping's side of the join, and every person has one.
    known = rows[PERSON_ID].notnull()
    values = {
        name: ibis.ifelse(known, rows[name], ibis.null(rows[name].type())) for name in columns if name != PERSON_ID
    }
    return rows.select(PERSON_ID, **values)


def _join_people(rows: ir.Table, people: ir.Table, path: Path) -> ir.Table:
    who = people.select(SUBJECT_ID, PERSON_ID)
    if path is Path.SUBJECT:
        return rows.join(who, SUBJECT_ID)
    # A person's id is a subject of theirs. So rows by person find the person in the mapping too, and rows
    # kept from before a merge come out under the id that the person has now.
    return rows.rename({"_held": PERSON_ID}).join(who, ibis._["_held"] == who[SUBJECT_ID])
