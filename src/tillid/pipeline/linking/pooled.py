"""The lists as one table whose columns are matched by role, so that their headers may differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.linking.errors import NothingToCompare, TruthEmpty
from tillid.pipeline.linking.lists import OneList
from tillid.pipeline.linking.notations import Habits, in_one_notation
from tillid.pipeline.linking.roles_asked import APART, Assigned, Placed
from tillid.stages.resolve.link.column_facts import is_worth_comparing
from tillid.stages.resolve.link.roles import Role, Roles

# These alone tell nobody from their neighbours.
_OF_MANY = frozenset({Role.SEX, Role.HOUSE, Role.POSTCODE, Role.CITY})
_NO_EVIDENCE = "its values do not repeat, or count the rows"
_PERSONS = (Role.FIRST_NAME, Role.LAST_NAME)


@dataclass(frozen=True, slots=True)
class Pool:
    """All records as one table, those of the first list first, and the roles of its columns.

    `lists` say of each list which of its columns stand in which role, as they were used.
    """

    table: pa.Table
    roles: Roles
    lists: tuple[Assigned, ...]


def pooled(lists: Sequence[Assigned], today: date) -> Pool:
    """The lists as one table. Errors: `NothingToCompare`.

    Where one list has whole names and the other their parts, or one has house numbers in the street and the other
    beside it, both are brought to what is whole.
    """
    alike = _without_row_numbers(_whole_streets(_whole_names(_companies_alike(lists))))
    _check(alike)
    keys = list(dict.fromkeys(placed.key for one in alike for placed in one.placed))
    columns: dict[str, pa.Array] = {}
    roles: dict[Role, tuple[str, ...]] = {}
    for key in keys:
        of_lists = [next((placed for placed in one.placed if placed.key == key), None) for one in alike]
        first = next(placed for placed in of_lists if placed is not None)
        for at in range(max(len(placed.headers) for placed in of_lists if placed is not None)):
            name = _free(first.headers[0] if first.role in APART else str(first.role), columns)
            parts = zip(alike, of_lists, strict=True)
            columns[name] = pa.concat_arrays([_part(one.list, placed, at, today) for one, placed in parts])
            roles[first.role] = (*roles.get(first.role, ()), name)
    return Pool(pa.table(columns), Roles(roles), alike)


def _part(one: OneList, placed: Placed | None, at: int, today: date) -> pa.Array:
    """What a list has in the column that is number `at` of a role."""
    if placed is None or at >= len(placed.headers):
        return pa.nulls(len(one), pa.string())
    header = placed.headers[at]
    habits = Habits(today, one.look.date_formats.get(header))
    return in_one_notation(placed.role, one.texts(header), habits)


def _free(name: str, taken: Iterable[str]) -> str:
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name} {count}"
    return free


def _roles(one: Assigned) -> set[Role]:
    return {placed.role for placed in one.placed}


def _companies_alike(lists: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """A name that was guessed to be a person's is a company's where the other list has companies and no persons."""
    has_companies = any(Role.COMPANY in _roles(one) and not _roles(one) & {Role.FULL_NAME, *_PERSONS} for one in lists)
    return tuple(
        replace(one, placed=tuple(_company(placed) for placed in one.placed))
        if has_companies and not _roles(one) & {Role.COMPANY, *_PERSONS}
        else one
        for one in lists
    )


def _company(placed: Placed) -> Placed:
    if placed.role is not Role.FULL_NAME or not placed.is_guess:
        return placed
    return replace(placed, role=Role.COMPANY, key=str(Role.COMPANY), why="the other list has companies")


def _whole_names(lists: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """Names as wholes in all lists, where one of them has no parts of names."""
    is_whole = any(Role.FULL_NAME in _roles(one) and not _roles(one) & set(_PERSONS) for one in lists)
    if not is_whole or not any(_roles(one) & set(_PERSONS) for one in lists):
        return tuple(lists)
    return tuple(_joined(one, Role.FULL_NAME, _PERSONS) for one in lists)


def _whole_streets(lists: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """Streets with their numbers in all lists, where one of them has no column of numbers."""
    without = any(Role.STREET in _roles(one) and Role.HOUSE not in _roles(one) for one in lists)
    if not without or not any(Role.HOUSE in _roles(one) for one in lists):
        return tuple(lists)
    return tuple(_joined(one, Role.STREET, (Role.STREET, Role.HOUSE)) for one in lists)


def _joined(one: Assigned, whole: Role, parts: Sequence[Role]) -> Assigned:
    """The list with `parts` joined to what is `whole`; where it has that already, the parts are dropped."""
    of = {placed.role: placed for placed in one.placed}
    has_whole = whole in of and whole not in parts
    chosen = [] if has_whole else [of[part] for part in parts if part in of]
    kept = [placed for placed in one.placed if placed.role not in parts]
    headers = tuple(header for placed in chosen for header in placed.headers)
    if not headers:
        return replace(one, placed=tuple(kept))
    is_guess = all(placed.is_guess for placed in chosen)
    return replace(one, placed=(Placed(whole, str(whole), headers, chosen[0].why, is_guess), *kept))


def _without_row_numbers(lists: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """Without the guessed numbers that come once each over all lists, or merely count the rows."""
    dropped = set()
    for key in {p.key for one in lists for p in one.placed if p.role is Role.OTHER_ID and p.is_guess}:
        values = [one.list.texts(p.headers[0]) for one in lists for p in one.placed if p.key == key]
        if not is_worth_comparing(pa.concat_arrays(values)):
            dropped.add(key)
    return tuple(_without(one, dropped) for one in lists)


def _without(one: Assigned, dropped: set[str]) -> Assigned:
    out = [(header, _NO_EVIDENCE) for p in one.placed if p.key in dropped for header in p.headers]
    kept = tuple(placed for placed in one.placed if placed.key not in dropped)
    return replace(one, placed=kept, left_out=(*one.left_out, *out))


def _check(lists: Sequence[Assigned]) -> None:
    """That there is something to compare, and something that both lists have."""
    hint = "Name the columns with --map ROLE=COLUMN."
    shared = set.intersection(*({placed.key for placed in one.placed if _tells(placed)} for one in lists))
    if shared:
        return
    names = " and ".join(one.list.name for one in lists)
    if len(lists) > 1 and all(any(map(_tells, one.placed)) for one in lists):
        roles = "; ".join(f"{one.list.name} has {', '.join(sorted(_roles(one)))}" for one in lists)
        raise NothingToCompare(f"{names} have nothing in common that tells who a record is: {roles}", hint=hint)
    raise NothingToCompare(f"No column of {names} tells who a record is", hint=hint)


def _tells(placed: Placed) -> bool:
    """Whether what is compared tells records apart; a guessed text is a side-fact."""
    return placed.role not in _OF_MANY and (placed.role is not Role.TEXT or not placed.is_guess)


def truth_of(lists: Sequence[OneList], column: str) -> pa.Array:
    """The truth of all records, null where there is none. Errors: `NoSuchColumn`, `TruthEmpty`."""
    for one in lists:
        if column not in one.table.column_names:
            raise one.missing(column)
    told = pc.utf8_trim_whitespace(pa.concat_arrays([one.texts(column) for one in lists]))
    truth = pc.if_else(pc.equal(told, ""), pa.scalar(None, pa.string()), told)
    if truth.null_count == len(truth):
        raise TruthEmpty(f"No record has a value in {column!r}", hint="Evaluate by a column that names who is who.")
    return truth
