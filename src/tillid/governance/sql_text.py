"""An analyst's own SQL on the same road: parsed, checked against the allow-list, and put under the same guards.

The text as typed is never run. Its tree is; each declared table in it stands for the guarded table that
`govern` would make, with the columns that the statement really uses.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from tillid.governance.errors import ColumnUnknown, OperationNotAllowed, StatementNotAllowed
from tillid.governance.fallible import may_fail_sql
from tillid.governance.govern import _DecisionMaker
from tillid.governance.governed import GovernedQuery, SqlText
from tillid.governance.permit import Permit, check_genuine
from tillid.governance.register import Register
from tillid.governance.sql_allowed import ALLOWED_SQL, ALLOWED_TYPES
from tillid.terms.errors import nearest

DIALECT = "duckdb"
"""The SQL that analysts write, whatever engine runs it."""

GUARDED = "__governed_"
# It repeats statements that it does not know, values and all.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

LONGEST_TEXT = 100_000
DEEPEST_TREE = 300
PLAIN_NAME = re.compile(r"[^\W\d]\w{0,62}")
PAIRING_JOINS = ("POSITIONAL", "ASOF")
VALUES = (
    exp.Literal,
    exp.RawString,
    exp.National,
    exp.HexString,
    exp.BitString,
    exp.ByteString,
    exp.UnicodeString,
    exp.Heredoc,
    exp.Parameter,
    exp.Placeholder,
)

STRAY = (exp.Command, exp.Condition, exp.Alias, exp.Identifier)


def govern_sql(text: str, permit: Permit) -> GovernedQuery:
    """Put one select statement under the guards of `permit` and hand back what a store will run.

    Raises `StatementNotAllowed` for anything but one select that parses, `OperationNotAllowed` for a
    function or construct off the allow-list, `TableUnknown`, `ColumnUnknown`, `ColumnOutsidePurpose` and
    the other refusals of `govern`.
    """
    check_genuine(permit)
    tree = _one_select(text)
    _check_nodes(tree)
    tree = normalize_identifiers(tree, dialect=DIALECT)
    _name_results(tree)
    names = _declared_tables(tree, permit.register)
    tree = _qualified(tree, names, permit.register)
    _check_nodes(tree)  # again: resolving names can turn a word into a whole row
    _check_resolved(tree)
    maker = _DecisionMaker(permit, shields=may_fail_sql(tree))
    used = _columns_used(tree, names)
    parts = {
        GUARDED + name: maker.guard(name, tuple(c for c in permit.register.table(name).logical() if c in used[name]))
        for name in sorted(names)
    }
    for table in list(tree.find_all(exp.Table)):
        if table.name in names:
            table.set("this", exp.to_identifier(GUARDED + table.name))
    _check_written(tree)
    return maker.issue(SqlText(tree, parts))


def without_values(text: str) -> str:
    """The statement with every literal as `?`, for the audit log; a text that is no statement is only measured.

    Comments go, and so do quoted names that are not plain words: people write values there too.

    >>> without_values("select count(*) from people where email = 'a@example.com' -- Anne's")
    'SELECT COUNT(*) FROM people WHERE email = ?'
    """
    try:
        trees = _parsed(text)
        if trees and all(_is_statement(tree, text) for tree in trees):
            return "; ".join(tree.transform(_masked).sql(DIALECT, comments=False) for tree in trees)
    except (SqlglotError, RecursionError):
        return f"a text of {len(text)} characters that does not parse"
    return f"a text of {len(text)} characters"


def _is_statement(tree: exp.Expr, text: str) -> bool:
    """Whether the tree is more than words that happen to parse, such as a name typed at the wrong place."""
    return isinstance(tree, exp.Query) or (tree.key in text.lower() and not isinstance(tree, STRAY))


def _masked(node: exp.Expr) -> exp.Expr:
    if isinstance(node, VALUES):
        return exp.Placeholder()
    if isinstance(node, (exp.Identifier, exp.Var)) and not PLAIN_NAME.fullmatch(node.name):
        return exp.Placeholder()
    return node


def _parsed(text: str) -> list[exp.Expr]:
    # A comment after the last semicolon comes as a statement of its own.
    trees = sqlglot.parse(text, dialect=DIALECT)
    return [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]


def _name_results(tree: exp.Query) -> None:
    """Give each worked-out column of the result a name that says what it is: `sum_amount`, not `_col_1`."""
    # Of a union the first select names the columns; `selects` finds it.
    projections = list(tree.selects)
    taken = {projection.output_name for projection in projections}
    for projection in projections:
        if isinstance(projection, (exp.Alias, exp.Column, exp.Star, exp.Subquery)) or projection.is_star:
            continue
        bare = projection.transform(lambda node: exp.Star() if isinstance(node, VALUES) else node)
        base = name = re.sub(r"\W+", "_", bare.sql(DIALECT).lower(), flags=re.ASCII).strip("_")[:50] or "value"
        serial = 1
        while name in taken:
            serial += 1
            name = f"{base}_{serial}"
        taken.add(name)
        projection.replace(exp.alias_(projection.copy(), f"c_{name}" if name[0].isdigit() else name))


def _one_select(text: str) -> exp.Query:
    if len(text) > LONGEST_TEXT:
        raise StatementNotAllowed(f"The statement is longer than {LONGEST_TEXT:,} characters")
    try:
        trees = _parsed(text)
    except RecursionError:
        raise StatementNotAllowed("The statement is nested too deeply") from None
    except SqlglotError as error:
        place = (getattr(error, "errors", None) or [{}])[0]
        where = f" at line {place['line']}, column {place['col']}" if place.get("line") else ""
        raise StatementNotAllowed(f"The SQL does not parse{where}", hint="Write one select statement.") from None
    if len(trees) != 1:
        raise StatementNotAllowed(
            f"One select statement is allowed, not {len(trees)} statements" if trees else "There is no statement"
        )
    tree = trees[0]
    if not isinstance(tree, (exp.Select, exp.SetOperation)):
        raise StatementNotAllowed(
            f"{tree.key.upper()} is not allowed", hint="Only a select over the project's tables is."
        )
    return tree


def _check_nodes(tree: exp.Expr) -> None:
    for node in tree.walk():
        node.comments = None
        if node.depth > DEEPEST_TREE:
            raise StatementNotAllowed("The statement is nested too deeply")
        _check_allowed(node)
        _check_words(node)
        if isinstance(node, exp.Identifier) and node.name.lower().startswith(GUARDED):
            raise StatementNotAllowed(f"Names that begin with {GUARDED} are kept for guarded tables")


def _check_allowed(node: exp.Expr) -> None:
    if type(node) not in ALLOWED_SQL:
        raise OperationNotAllowed(
            f"{_name_of(node)} is not allowed in SQL", hint="See the reference for the functions that are."
        )
    if isinstance(node, exp.DataType) and node.this not in ALLOWED_TYPES:
        raise OperationNotAllowed(f"A cast to {node.this.value} is not allowed in SQL")
    if isinstance(node, exp.DataTypeParam) and not node.this.is_int:
        raise OperationNotAllowed("The width of a type must be a whole number")
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise OperationNotAllowed("WITH RECURSIVE is not allowed in SQL")
    if isinstance(node, exp.Join) and node.method.upper() in PAIRING_JOINS:
        raise OperationNotAllowed(f"{node.method.upper()} JOIN is not allowed in SQL", hint="Say which rows join.")


def _check_words(node: exp.Expr) -> None:
    # sqlglot turns the text 'day' of date_diff('day', …) into a word, and for some engines writes it as it is.
    is_unit = isinstance(node, exp.Var) or (isinstance(node.parent, exp.Extract) and node.arg_key == "this")
    if is_unit and not (isinstance(node, exp.Var) and PLAIN_NAME.fullmatch(node.name)):
        raise StatementNotAllowed("A unit of time must be a plain word", hint="Write day, month, year …")
    if isinstance(node, exp.Column) and node.args.get("db"):
        raise StatementNotAllowed(
            "A column of the statement names a place in the store", hint="Write table.column, or the column alone."
        )


def _check_resolved(tree: exp.Expr) -> None:
    """Refuse a `*` that is still open: on a table that holds the used columns alone it would mean something else."""
    for star in tree.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            raise StatementNotAllowed("A * of the statement can't be worked out", hint="Name the columns, each once.")


def _check_written(tree: exp.Expr) -> None:
    """Refuse a tree whose text reads back as something else: the tree was checked, and the text is what runs."""
    try:
        text = tree.sql(DIALECT, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, RecursionError, ValueError):
        raise StatementNotAllowed("The statement can't be written down", hint="Write it more plainly.") from None
    again = _one_select(text)
    for node in again.walk():
        _check_allowed(node)
    if _shape(again) != _shape(tree):
        raise StatementNotAllowed("The statement can't be written down safely", hint="Write it more plainly.")


def _shape(tree: exp.Expr) -> list[tuple[str, str]]:
    return sorted((node.key, node.name) for node in tree.find_all(exp.Table, exp.Column, exp.Select, exp.Literal))


def _name_of(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"The function {node.name}()"
    if isinstance(node, exp.Func):
        return f"The function {node.sql_name().lower()}()"
    return node.key.upper()


def _declared_tables(tree: exp.Expr, register: Register) -> set[str]:
    withs = {cte.alias for cte in tree.find_all(exp.CTE)}
    names = set()
    for table in tree.find_all(exp.Table):
        _check_plain(table)
        if table.name not in withs:
            names.add(register.table(table.name).name)
            if table.alias_column_names:
                raise StatementNotAllowed(f"The columns of {table.name} can't be renamed in FROM", hint="Use AS.")
        elif table.name in register.tables:
            raise StatementNotAllowed(f"WITH {table.name} hides the table of that name", hint="Name it otherwise.")
        elif not _is_in_sight(table):
            raise StatementNotAllowed(f"WITH {table.name} can't be seen from here", hint="Write it further out.")
    return names


def _check_plain(table: exp.Table) -> None:
    if not isinstance(table.this, exp.Identifier):
        raise OperationNotAllowed("A table function is not allowed in SQL", hint="Select from declared tables.")
    if table.args.get("db") or table.args.get("catalog"):
        raise StatementNotAllowed(
            "A table of the statement names a place in the store", hint="Name the project's tables plainly."
        )


def _is_in_sight(table: exp.Table) -> bool:
    """Whether a WITH above `table` defines its name before it; else an engine would look for it among its own."""
    child: exp.Expr = table
    while child.parent is not None:
        parent = child.parent
        own = parent.args.get("with_")
        if isinstance(parent, exp.With):
            seen = parent.expressions[: child.index]
        else:
            seen = own.expressions if own is not None and own is not child else []
        if any(cte.alias == table.name for cte in seen):
            return True
        child = parent
    return False


def _qualified(tree: exp.Expr, names: Iterable[str], register: Register) -> exp.Query:
    schema: dict[str, object] = {name: dict.fromkeys(register.table(name).logical(), "VARCHAR") for name in names}
    try:
        return cast("exp.Query", qualify(tree, schema=schema, dialect=DIALECT, quote_identifiers=True))
    except (SqlglotError, RecursionError) as error:
        raise _column_error(error, names, register) from None


def _column_error(error: Exception, names: Iterable[str], register: Register) -> ColumnUnknown:
    columns = sorted({column for name in names for column in register.table(name).logical()})
    named = str(error).split("'")[1::2]
    # In double quotes people write values by mistake; an error never repeats one.
    if len(named) == 1 and named[0] in columns:
        return ColumnUnknown(f"The column {named[0]!r} can't be resolved", hint="Name its table: table.column.")
    if len(named) == 1 and PLAIN_NAME.fullmatch(named[0]):
        return ColumnUnknown(f"No column {named[0]!r} in the tables of the statement", hint=nearest(named[0], columns))
    return ColumnUnknown("A column of the statement can't be resolved", hint=f"Columns: {', '.join(columns)}.")


def _columns_used(tree: exp.Expr, names: set[str]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {name: set() for name in names}
    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and source.name in used:
                used[source.name].add(column.name)
    return used
