"""Who is sent, with which columns, and who is held back and why.

Each function gives an unbound query. `candidates` and `without_key` are to be governed under the activation's
purpose at the moment of sending: the guards take out who may no longer be processed for it. `held_back` counts
those, under `housekeeping.permissions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir

from tillid.governance.mapping import RESTRICTED, until_column
from tillid.stages.activate.errors import ColumnAmbiguous
from tillid.terms.fields import require_name
from tillid.terms.table import PERSON_ID

REASON = "reason"
PEOPLE = "people"
UNKNOWN = "unknown"
NOT_PERMITTED = "not_permitted"
EXPIRED = "expired"


def why_column(purpose: str) -> str:
    """The column of the standing table that says why a person is not permitted for `purpose`.

    >>> why_column("newsletter")
    'why__newsletter'
    """
    return f"why__{purpose}"


def key_column(columns: Mapping[str, str]) -> str:
    """The column that the receiver can't do without: the first one declared.

    >>> key_column({"E-mail": "email", "Navn": "first_name"})
    'email'
    """
    return next(iter(columns.values()))


def candidates(members: ir.Table, people: ir.Table, variables: ir.Table | None, columns: Mapping[str, str]) -> ir.Table:
    """The rows to send, by ascending `person_id`: that and each of `columns` (header → trait or variable).

    `members` has `person_id`, `people` and `variables` have one row a person. A person without the first
    column has nothing that the receiver could use and is left out; `without_key` counts them. Raises
    `NameUnknown` or `ColumnAmbiguous` with the header as field.
    """
    rows = _rows(members, people, variables, columns)
    # In order, so that the same people make the same file.
    return rows.filter(~_is_blank(rows[key_column(columns)])).order_by(PERSON_ID)


def without_key(
    members: ir.Table, people: ir.Table, variables: ir.Table | None, columns: Mapping[str, str]
) -> ir.Table:
    """How many permitted members lack the first of `columns`: `reason` (`no_<column>`) and `people`, or no row."""
    key = key_column(columns)
    rows = _rows(members, people, variables, {"": key})
    return _counted(rows.filter(_is_blank(rows[key])).mutate(reason=ibis.literal(f"no_{key}")))


def held_back(members: ir.Table, standing: ir.Table, purpose: str, now: datetime) -> ir.Table:
    """How many members may not be sent for `purpose` at `now` (UTC), by reason: `reason` and `people`.

    `standing` has one row a person: `person_id`, `restricted`, `until__<purpose>` and `why__<purpose>`, the
    code of the reason. A restriction comes before any other reason; a person without a row counts as
    `unknown`, a permission that has run out as `expired`, one without a code as `not_permitted`. Those who
    may be sent have no row.
    """
    listed = members.select(PERSON_ID).distinct()
    judged = listed.left_join(standing, listed[PERSON_ID] == standing[PERSON_ID])
    until, why = standing[until_column(purpose)], standing[why_column(purpose)]
    moment = ibis.literal(now, type="timestamp(6)")
    reason = ibis.cases(
        (standing[PERSON_ID].isnull(), ibis.literal(UNKNOWN)),
        (standing[RESTRICTED].fill_null(True), ibis.literal(RESTRICTED)),
        (until > moment, ibis.null("string")),
        else_=why.fill_null(until.isnull().ifelse(NOT_PERMITTED, EXPIRED)),
    )
    reasons = judged.select(person_id=listed[PERSON_ID], reason=reason)
    return _counted(reasons.filter(reasons[REASON].notnull()))


def _rows(members: ir.Table, people: ir.Table, variables: ir.Table | None, columns: Mapping[str, str]) -> ir.Table:
    # A table whose columns are not sent is not joined: what is not needed is not read.
    listed = members.select(PERSON_ID).distinct()
    joined = listed
    found: dict[str, ir.Value] = {PERSON_ID: listed[PERSON_ID]}
    for table in (people, *([] if variables is None else [variables])):
        held = {name: table[name] for name in _columns_of(table, people, variables, columns)}
        if held:
            joined = joined.left_join(table, listed[PERSON_ID] == table[PERSON_ID])
            found |= held
    # A profile that is not seen under the purpose leaves no trait, so the row has no key and drops out.
    return joined.select(**{name: found[name] for name in (PERSON_ID, *columns.values())})


def _columns_of(table: ir.Table, people: ir.Table, variables: ir.Table | None, columns: Mapping[str, str]) -> list[str]:
    traits = set(people.columns) - {PERSON_ID}
    worked_out = set() if variables is None else set(variables.columns) - {PERSON_ID}
    names: dict[str, None] = {}
    for header, name in columns.items():
        require_name("trait or variable", name, sorted(traits | worked_out), ("columns", header))
        if name in traits & worked_out:
            raise ColumnAmbiguous(f"{name!r} is both a trait and a variable", field=("columns", header))
        if name in (traits if table is people else worked_out):
            names[name] = None
    return list(names)


def _is_blank(value: ir.Value) -> ir.Value:
    if value.type().is_string():
        return value.fill_null("").strip() == ""
    return value.isnull()


def _counted(reasons: ir.Table) -> ir.Table:
    return reasons.group_by(REASON).aggregate(people=reasons[PERSON_ID].nunique())
