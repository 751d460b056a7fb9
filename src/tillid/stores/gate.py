"""The gate before an engine: only a governed query under fresh permissions passes, and it is written down first."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tillid.governance.errors import PermissionsStale
from tillid.governance.governed import GovernedQuery, check_governed
from tillid.governance.mapping import MAPPING
from tillid.ports.audit import AuditLog
from tillid.stores.binding import Places, compile_query
from tillid.stores.engine import Engine
from tillid.terms.errors import TillidError


class Gate:
    """Compiles governed queries for one engine; what passes and what is refused goes to the audit log."""

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self.engine = engine
        self._audit = audit

    def compile(self, query: GovernedQuery, places: Places, fingerprints: Mapping[str, str], doing: str) -> exp.Query:
        """The tree of the query, recorded before any row is read.

        `fingerprints` are those under which permissions were worked out; a query that reads them under a
        purpose that says something else now is refused (`PermissionsStale`).
        """
        check_governed(query)
        entry = {"doing": doing, "engine": self.engine.name, **query.decision.as_dict()}
        try:
            if MAPPING in query.places:
                _check_fresh(query, fingerprints)
            tree = compile_query(query, self.engine.dialect, places)
        except TillidError as error:
            self._audit.append("refused", {**entry, "refused": type(error).__name__, "why": error.message})
            raise
        self._audit.append("query", entry)
        return tree


def _check_fresh(query: GovernedQuery, worked_out: Mapping[str, str]) -> None:
    for purpose, fingerprint in query.fingerprints.items():
        if worked_out.get(purpose) != fingerprint:
            why = "changed" if purpose in worked_out else "was added"
            raise PermissionsStale(
                f"The purpose {purpose!r} {why} since permissions were last worked out", hint="Run: tillid run"
            )
