"""The permit: who asks and what for, made by the register alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Never, NoReturn, final
from weakref import WeakSet

from tillid.governance.errors import PermitForged, PurposesDiffer
from tillid.terms.actor import Actor
from tillid.terms.purpose import Purpose
from tillid.terms.table import Table

if TYPE_CHECKING:
    from tillid.governance.register import Register


@dataclass(frozen=True, slots=True)
class _PermitState:
    actor: Actor
    purposes: tuple[Purpose, ...]
    register: Register


@final
class Permit:
    """Leave for one actor to use data for one purpose; `register.permit` is the only maker.

    A permit may name several purposes where they admit the same rows: then a column must be covered by each of
    them, a row must be collected for each of them and within the shortest retention, and a person must be
    permitted for at least one.
    """

    __slots__ = ("__weakref__", "_state")
    _state: _PermitState

    def __init__(self, by_hand: Never) -> None:  # noqa: ARG002  its type is the point
        raise PermitForged("A permit can't be made by hand", hint="Ask register.permit(actor, purpose).")

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self._state.actor

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What for."""
        return self._state.purposes

    @property
    def register(self) -> Register:
        """The register that made it, in the version that it was made under."""
        return self._state.register

    def scope_of(self, table: Table) -> str:
        """The scope of a scoped table that its purposes share, or refuse."""
        scopes = {self.register.scope_of(purpose.key, table) for purpose in self.purposes}
        if len(scopes) > 1:
            names = ", ".join(purpose.key for purpose in self.purposes)
            raise PurposesDiffer(f"The purposes {names} do not share a scope of the table {table.name!r}")
        return scopes.pop()

    @property
    def now(self) -> datetime:
        """The moment by which permissions and retention are judged."""
        return self.register.now()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise PermitForged("A permit can't be changed", hint="Ask register.permit(actor, purpose).")

    def __reduce__(self) -> NoReturn:
        raise PermitForged("A permit can't be copied", hint="Ask register.permit(actor, purpose).")

    def __repr__(self) -> str:
        return f"<Permit {self.actor.name} for {'+'.join(p.key for p in self.purposes)}>"


_ISSUED: WeakSet[Permit] = WeakSet()


def _issue_permit(actor: Actor, purposes: tuple[Purpose, ...], register: Register) -> Permit:
    permit: Permit = object.__new__(Permit)
    object.__setattr__(permit, "_state", _PermitState(actor, purposes, register))
    _ISSUED.add(permit)
    return permit


def check_genuine(permit: Permit) -> None:
    """Refuse a permit that the register did not make."""
    if type(permit) is not Permit or permit not in _ISSUED:
        raise PermitForged("This permit was not made by the register", hint="Ask register.permit(actor, purpose).")
