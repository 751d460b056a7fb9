"""Which columns are compared and as what: those that --map names, and the guesses for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tillid.pipeline.linking.errors import ColumnBarred, NoSuchColumn, RoleNotSaid, RoleUnknown
from tillid.pipeline.linking.lists import SIDES, OneList
from tillid.stages.resolve.link.guess_roles import barred, guesses
from tillid.stages.resolve.link.guesses import ColumnGuess
from tillid.stages.resolve.link.roles import Role
from tillid.terms.errors import nearest
from tillid.terms.header_words import spelled

APART = (Role.TEXT, Role.OTHER_ID)
"""Columns of these roles are compared one by one; those of any other role are joined."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """One --map: the role of a column, on one side, or on each side that has the column where `side` is empty."""

    side: str
    role: Role
    column: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Columns of one list that are compared as one. `key` pairs them with those of the other list."""

    role: Role
    key: str
    headers: tuple[str, ...]
    why: str
    is_guess: bool = True


@dataclass(frozen=True, slots=True)
class Assigned:
    """One list with what its columns are to linking, and why others are left out."""

    list: OneList
    placed: tuple[Placed, ...]
    left_out: tuple[tuple[str, str], ...]


def read_maps(texts: Iterable[str]) -> tuple[Mapped, ...]:
    """What --map says, as ROLE=COLUMN or left.ROLE=COLUMN. Errors: `RoleNotSaid`, `RoleUnknown`.

    >>> read_maps(["full_name=Navn", "right.email=Mail"])[1]
    Mapped(side='right', role=<Role.EMAIL: 'email'>, column='Mail')
    """
    made = []
    for text in texts:
        said, is_told, column = text.partition("=")
        side, dot, role = said.strip().rpartition(".")
        if not is_told or not column.strip() or (dot and side not in SIDES):
            raise RoleNotSaid(
                f"{text!r} does not say what a column is",
                hint="Write ROLE=COLUMN, or left.ROLE=COLUMN and right.ROLE=COLUMN where the lists differ.",
            )
        if role not in list(Role):
            raise RoleUnknown(f"No column can be a {role!r}", hint=nearest(role, map(str, Role), most=len(Role)))
        made.append(Mapped(side, Role(role), column.strip()))
    return tuple(made)


def assigned(
    lists: Sequence[OneList], maps: Sequence[Mapped], *, truth: str | None = None, only_mapped: bool = False
) -> tuple[Assigned, ...]:
    """The roles of each list's columns: a role that is mapped is not guessed, and `truth` is never compared.

    Errors: `NoSuchColumn`, `RoleNotSaid`, `ColumnBarred`.
    """
    for mapped in maps:
        _check(lists, mapped, truth)
    return tuple(_of_one(one, maps, truth, only_mapped=only_mapped) for one in lists)


def _check(lists: Sequence[OneList], mapped: Mapped, truth: str | None) -> None:
    """That the column is there, and may be compared."""
    asked = [one for one in lists if mapped.side in ("", one.side)]
    if not asked:
        raise RoleNotSaid(f"There is no {mapped.side} list", hint=f"Write {mapped.role}={mapped.column}.")
    if mapped.column == truth:
        raise ColumnBarred(f"{truth!r} is the truth to evaluate by, and can't be compared too", hint="Map another one.")
    having = [one for one in asked if mapped.column in one.table.column_names]
    if not having:
        if len(asked) == 1:
            raise asked[0].missing(mapped.column)
        every = [header for one in asked for header in one.table.column_names]
        names = " nor ".join(one.name for one in asked)
        raise NoSuchColumn(
            f"Neither {names} has a column {mapped.column!r}", hint=nearest(mapped.column, every, most=30)
        )
    for one in having:
        why = barred(mapped.column, one.texts(mapped.column))
        if why:
            raise ColumnBarred(
                f"{one.name}: {mapped.column!r} tells of {why}, by which no list is linked",
                hint="Compare other columns.",
            )


def _of_one(one: OneList, maps: Sequence[Mapped], truth: str | None, *, only_mapped: bool) -> Assigned:
    said = [m for m in maps if m.side in ("", one.side) and m.column in one.table.column_names]
    taken, roles = {m.column for m in said}, {m.role for m in said}
    compared = one.table.drop_columns([truth]) if truth in one.table.column_names else one.table
    found = guesses(compared)
    kept = [g for g in found if g.role is not None and g.role not in roles and g.header not in taken]
    if only_mapped:
        kept = []
    used = taken | {guess.header for guess in kept}
    why = {guess.header: guess.why for guess in found if guess.role is None}
    left_out = [(h, why.get(h, "it is not mapped")) for h in compared.column_names if h not in used]
    return Assigned(one, (*_placed_by_map(said), *_placed_by_guess(kept)), tuple(left_out))


def _placed_by_map(said: Sequence[Mapped]) -> list[Placed]:
    joined: dict[Role, list[str]] = {}
    apart: list[Placed] = []
    for mapped in said:
        if mapped.role in APART:
            # Columns that are named for one side are paired in the order in which they are named.
            count = sum(each.role is mapped.role and bool(each.side) for each in said[: said.index(mapped)])
            key = f"{mapped.role} #{count}" if mapped.side else f"{mapped.role}={mapped.column}"
            apart.append(Placed(mapped.role, key, (mapped.column,), "mapped", is_guess=False))
        else:
            joined.setdefault(mapped.role, []).append(mapped.column)
    whole = [Placed(role, role, tuple(headers), "mapped", is_guess=False) for role, headers in joined.items()]
    return [*whole, *apart]


def _placed_by_guess(kept: Sequence[ColumnGuess]) -> list[Placed]:
    joined: dict[Role, list[ColumnGuess]] = {}
    apart: list[Placed] = []
    keys: dict[str, int] = {}
    for guess in kept:
        if guess.role is None:
            continue
        if guess.role in APART:
            about = f"{guess.role} {guess.about or ' '.join(spelled(guess.header))}"
            keys[about] = keys.get(about, 0) + 1
            apart.append(Placed(guess.role, f"{about} {keys[about]}", (guess.header,), guess.why))
        else:
            joined.setdefault(guess.role, []).append(guess)
    whole = [Placed(role, role, tuple(g.header for g in of), of[0].why) for role, of in joined.items()]
    return [*whole, *apart]
