"""Which columns of which tables a query really uses, and the query rebuilt on them alone.

A column that is only carried along (`mutate`, a join) and dropped again is not used; a column that reaches
the result, a condition, a key or a measure is. So a total over amounts may be asked of a table that also
holds an e-mail address, and a select of the address may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis.expr.operations as ops
from ibis.common.collections import FrozenOrderedDict
from ibis.common.graph import Graph

NO_COLUMN = "_"
"""The one column of a table of which only the number of rows matters."""

# Ibis declares its nodes' fields at run time; to a type checker they are unknown.
Node = Any
Needs = Mapping[Node, frozenset[str]]


def columns_needed(root: Node) -> Needs:
    """Relation → the names of its columns that the result of `root` depends on."""
    needs: dict[Node, set[str]] = {root: set(root.schema.names)}
    graph: Any = Graph
    order, _ = graph.from_bfs(root).toposort()
    # Consumers first: when a relation's turn comes, everyone who reads it has said what they need.
    for node in reversed(list(order)):
        if isinstance(node, ops.Relation):
            needed = needs.setdefault(node, set())
            _pass_down(node, needed, needs)
            _ask_values(_live_values(node, needed), needs)
    return {relation: frozenset(names) for relation, names in needs.items()}


def _pass_down(node: Node, needed: set[str], needs: dict[Node, set[str]]) -> None:
    """Hand the needed columns to the parents whose columns `node` passes through."""
    passing = (ops.Filter, ops.Sort, ops.Limit, ops.JoinReference, ops.SelfReference, ops.DropColumns)
    if isinstance(node, passing):
        needs.setdefault(node.parent, set()).update(needed)
    elif isinstance(node, ops.Set):
        # Rows are compared or laid on one another by position: every column counts.
        for side in (node.left, node.right):
            needs.setdefault(side, set()).update(side.schema.names)
    elif isinstance(node, (ops.Distinct, ops.DropNull, ops.FillNull)):
        needs.setdefault(node.parent, set()).update(node.parent.schema.names)


def _live_values(node: Node, needed: set[str]) -> Iterable[Node]:
    """The value expressions of `node` that its needed columns depend on."""
    if isinstance(node, ops.Project):
        yield from (value for name, value in node.values.items() if name in needed)
    elif isinstance(node, ops.JoinChain):
        yield from (value for name, value in node.values.items() if name in needed)
        yield from (predicate for link in node.rest for predicate in link.predicates)
    elif isinstance(node, ops.Aggregate):
        yield from node.groups.values()
        yield from (value for name, value in node.metrics.items() if name in needed)
    elif isinstance(node, ops.Filter):
        yield from node.predicates
    elif isinstance(node, ops.Sort):
        yield from node.keys
    elif isinstance(node, ops.Limit):
        yield from (value for value in (node.n, node.offset) if isinstance(value, ops.Value))


def _ask_values(values: Iterable[Node], needs: dict[Node, set[str]]) -> None:
    stack = list(values)
    seen: set[Any] = set()
    while stack:
        value = stack.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, ops.Field):
            needs.setdefault(value.rel, set()).add(value.name)
        elif isinstance(value, ops.Relation):
            # A relation inside a value is a subquery or a count of distinct rows: all of it is read.
            needs.setdefault(value, set()).update(value.schema.names)
        elif isinstance(value, ops.CountStar):
            needs.setdefault(value.arg, set())
            stack.extend([value.where] if value.where is not None else [])
        else:
            stack.extend(_children(value))


def _children(node: Any) -> Iterable[Node]:
    for argument in node.__args__:
        if isinstance(argument, ops.Node):
            yield argument
        elif isinstance(argument, tuple):
            yield from (item for item in argument if isinstance(item, ops.Node))


def rebuild(root: Node, needs: Needs, tables: Mapping[Node, Node]) -> Node:
    """The same query on other `tables` that hold the needed columns alone."""
    return _Rebuilder(needs, tables).relation(root)


class _Rebuilder:
    def __init__(self, needs: Needs, tables: Mapping[Node, Node]) -> None:
        self._needs = needs
        self._memo: dict[Node, Node] = dict(tables)

    def relation(self, node: Node) -> Node:
        return self._node(node)

    def _node(self, node: Node) -> Node:
        if node not in self._memo:
            self._memo[node] = self._rebuilt(node)
        return self._memo[node]

    def _rebuilt(self, node: Node) -> Node:
        needed = self._needs.get(node, frozenset()) if isinstance(node, ops.Relation) else frozenset()
        if isinstance(node, ops.Project):
            return ops.Project(self._node(node.parent), self._pruned(node.values, needed))
        if isinstance(node, ops.JoinChain):
            rest = tuple(self._node(link) for link in node.rest)
            return ops.JoinChain(self._node(node.first), rest, self._pruned(node.values, needed))
        if isinstance(node, ops.Aggregate):
            metrics = {name: self._node(v) for name, v in node.metrics.items() if name in needed}
            if not metrics and not node.groups:
                metrics = {NO_COLUMN: ops.CountStar(self._node(node.parent), where=None)}
            return ops.Aggregate(self._node(node.parent), self._argument(node.groups), metrics)
        if isinstance(node, ops.DropColumns):
            parent = self._node(node.parent)
            return ops.Project(parent, _or_rows({n: ops.Field(parent, n) for n in node.schema.names if n in needed}))
        return type(node)(*(self._argument(argument) for argument in node.__args__))

    def _pruned(self, values: Mapping[str, Any], needed: frozenset[str]) -> dict[str, Any]:
        return _or_rows({name: self._node(value) for name, value in values.items() if name in needed})

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, ops.Node):
            return self._node(argument)
        if isinstance(argument, (dict, FrozenOrderedDict)):
            return {name: self._argument(item) for name, item in argument.items()}
        if isinstance(argument, tuple):
            return tuple(self._argument(item) for item in argument)
        return argument


def _or_rows(kept: dict[str, Any]) -> dict[str, Any]:
    """The columns that are kept, or, where there are none, one that tells how many rows there are."""
    return kept or {NO_COLUMN: ops.Literal(1, "int8")}
