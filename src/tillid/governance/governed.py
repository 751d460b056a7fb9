"""The governed query: the only thing that a store will run, made by `govern` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Never, NoReturn, final
from weakref import WeakSet

import ibis.expr.types as ir
from sqlglot import exp

from tillid.governance.decisions import Decision
from tillid.governance.errors import QueryForged
from tillid.terms.table import Table

GOVERNED_SCHEMA = "governed"
"""The schema that guarded tables name; a store maps it to what it keeps, and runs nothing else."""


@dataclass(frozen=True, slots=True)
class SqlText:
    """An analyst's select, parsed and checked; its tables stand as names of the guarded `parts`."""

    _tree: exp.Query
    parts: Mapping[str, ir.Table]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))

    @property
    def tree(self) -> exp.Query:
        """A copy of the select: sqlglot's trees can be changed in place, and what was checked must not be."""
        return self._tree.copy()


@dataclass(frozen=True, slots=True)
class _GovernedState:
    body: ir.Table | SqlText
    decision: Decision
    fingerprints: Mapping[str, str]
    places: Mapping[str, Table]


@final
class GovernedQuery:
    """A query under guards, with the decision that let it pass."""

    __slots__ = ("__weakref__", "_state")
    _state: _GovernedState

    def __init__(self, by_hand: Never) -> None:  # noqa: ARG002  its type is the point
        raise QueryForged("A governed query can't be made by hand", hint="Call govern(query, permit).")

    @property
    def body(self) -> ir.Table | SqlText:
        """The guarded expression, or an analyst's select with its guarded tables."""
        return self._state.body

    @property
    def decision(self) -> Decision:
        """Who asked, what for, and what each rule decided."""
        return self._state.decision

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """Purpose key → fingerprint of the purpose as the permit knows it."""
        return self._state.fingerprints

    @property
    def places(self) -> Mapping[str, Table]:
        """Name in the schema `governed` → the declaration of the table that stands there."""
        return self._state.places

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise QueryForged("A governed query can't be changed", hint="Call govern(query, permit).")

    def __reduce__(self) -> NoReturn:
        raise QueryForged("A governed query can't be copied", hint="Call govern(query, permit).")


_ISSUED: WeakSet[GovernedQuery] = WeakSet()


def _issue_governed(
    body: ir.Table | SqlText,
    decision: Decision,
    fingerprints: Mapping[str, str],
    places: Mapping[str, Table],
) -> GovernedQuery:
    governed: GovernedQuery = object.__new__(GovernedQuery)
    state = _GovernedState(body, decision, MappingProxyType(dict(fingerprints)), MappingProxyType(dict(places)))
    object.__setattr__(governed, "_state", state)
    _ISSUED.add(governed)
    return governed


def check_governed(query: GovernedQuery) -> None:
    """Refuse a query that `govern` did not make; every store asks this first."""
    if type(query) is not GovernedQuery or query not in _ISSUED:
        raise QueryForged("This query was not made by govern", hint="Call govern(query, permit).")
