"""Who is sent, who is held back and why: together they are the members, and nobody is sent who may not be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.governance.errors import ColumnOutsidePurpose, TableNotForPurpose
from tillid.governance.govern import govern
from tillid.governance.housekeeping import DELIVERIES as DELIVERIES_PURPOSE
from tillid.governance.housekeeping import HOUSEKEEPING, PERMISSIONS
from tillid.governance.mapping import FOREVER, mapping_table, until_column
from tillid.governance.permit import Permit
from tillid.governance.register import Register
from tillid.stages.activate.deliver import candidates, held_back, key_column, without_key
from tillid.stages.activate.errors import ColumnAmbiguous
from tillid.stages.activate.tables import DELIVERIES, last_list
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.fields import NameUnknown
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import Column, Path, Table, TableKind

NOW = datetime(2026, 3, 1)
OLE = Actor("ole", (Role("steward", None, None),))
NEWS = Purpose(
    "news",
    data_use="marketing.communications.email",
    legal_basis=LegalBasis.CONSENT,
    categories=frozenset({"user.contact.email", "user.behavior"}),
    retention=Duration.parse("24 months"),
)
EMAIL = Column("email", "string", frozenset({"user.contact.email"}))
PHONE = Column("phone", "string", frozenset({"user.contact.phone_number"}))
SPENT = Column("spent", "decimal(18, 2)", frozenset({"user.behavior"}))
ID = Column("person_id", "int64", key=True)
UNTIL = Column("until__news", "timestamp(6)", frozenset({"user.privacy_preferences"}))
WHY = Column("why__news", "string", frozenset({"user.privacy_preferences"}))
RESTRICTED = Column("restricted", "boolean", frozenset({"user.privacy_preferences"}))
ARROW = {
    "int64": pa.int64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "timestamp(6)": pa.timestamp("us"),
    "decimal(18, 2)": pa.decimal128(18, 2),
}

TABLES = (
    Table("members", (), path=Path.PERSON, kind=TableKind.DERIVED),
    Table("profiles", (EMAIL, PHONE), path=Path.PERSON, kind=TableKind.DERIVED),
    Table("variables", (SPENT,), path=Path.PERSON, kind=TableKind.DERIVED),
    Table("listed", (ID,), only_for=frozenset({PERMISSIONS})),
    Table("standing", (ID, RESTRICTED, UNTIL, WHY), only_for=frozenset({PERMISSIONS})),
    mapping_table((NEWS, *HOUSEKEEPING)),
    DELIVERIES,
)
REGISTER = Register(purposes=[NEWS], actors=[OLE], tables=TABLES, purpose_sets={}, clock=lambda: NOW)
COLUMNS = {"E-mail": "email", "Omsætning": "spent"}

ENGINE = duckdb.connect()


def permit(purpose: str) -> Permit:
    return REGISTER.permit(OLE, purpose)


def unbound(name: str) -> ir.Table:
    return ibis.table(REGISTER.table(name).logical(), name=name)


def run(query: ir.Table, purpose: str, tables: Mapping[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """The governed query over rows of the physical tables, on an engine."""
    governed = govern(query, permit(purpose))
    ENGINE.execute("create schema if not exists governed")
    for place, table in governed.places.items():
        schema = pa.schema([(name, ARROW[kind]) for name, kind in table.physical().items()])
        ENGINE.register("rows", pa.Table.from_pylist(tables.get(place, []), schema))
        ENGINE.execute(f'create or replace table governed."{place}" as select * from rows')
    return ENGINE.sql(str(ibis.to_sql(governed.body, dialect="duckdb"))).to_arrow_table().to_pylist()


def person(
    number: int, until: datetime | None = FOREVER, *, restricted: bool = False, why: str | None = None
) -> dict[str, dict[str, object]]:
    """One person's rows in the mapping and the standing table."""
    keeping = {until_column(purpose.key): FOREVER for purpose in HOUSEKEEPING}
    mapping = {"subject_id": number, "person_id": number, "restricted": restricted, "until__news": until, **keeping}
    standing = {"person_id": number, "restricted": restricted, "until__news": until, "why__news": why}
    return {"mapping": mapping, "standing": standing}


def world(
    *people: dict[str, dict[str, object]], emails: Mapping[int, str | None]
) -> dict[str, list[dict[str, object]]]:
    ids = [row["mapping"]["person_id"] for row in people]
    return {
        "mapping": [row["mapping"] for row in people],
        "standing": [row["standing"] for row in people],
        "members": [{"person_id": number} for number in emails],
        "listed": [{"person_id": number} for number in emails],
        "profiles": [{"person_id": number, "email": emails.get(int(str(number)))} for number in ids],
        "variables": [],
    }


def sent(tables: Mapping[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    return run(candidates(unbound("members"), unbound("profiles"), unbound("variables"), COLUMNS), "news", tables)


def lacking(tables: Mapping[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    return run(without_key(unbound("members"), unbound("profiles"), unbound("variables"), COLUMNS), "news", tables)


def held(tables: Mapping[str, list[dict[str, object]]]) -> dict[object, object]:
    rows = run(held_back(unbound("listed"), unbound("standing"), "news", NOW), PERMISSIONS, tables)
    return {row["reason"]: row["people"] for row in rows}


def test_the_first_column_is_the_key() -> None:
    assert key_column(COLUMNS) == "email"


def test_rows_have_the_person_and_the_columns_in_order() -> None:
    tables = world(person(1), emails={1: "ida@nordlys.example"})
    assert sent(tables) == [{"person_id": 1, "email": "ida@nordlys.example", "spent": None}]


def test_those_who_may_no_longer_be_processed_drop_out_and_are_counted_by_reason() -> None:
    tables = world(
        person(1),
        person(2, None, why="consent_withdrawn"),
        person(3, None, why="consent_withdrawn"),
        person(4, None),
        person(5, NOW, why=None),
        person(6, restricted=True),
        person(7, None, why="objected", restricted=True),
        emails={number: f"p{number}@nordlys.example" for number in range(1, 9)},
    )
    assert [row["person_id"] for row in sent(tables)] == [1]
    assert held(tables) == {
        "consent_withdrawn": 2,
        "not_permitted": 1,
        "expired": 1,
        "restricted": 2,
        "unknown": 1,
    }


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_permitted_member_without_the_key_is_held_back(blank: str | None) -> None:
    tables = world(person(1), person(2), person(3, None), emails={1: "ida@nordlys.example", 2: blank, 3: None})
    assert [row["person_id"] for row in sent(tables)] == [1]
    assert lacking(tables) == [{"reason": "no_email", "people": 1}]


def test_a_key_that_is_a_variable() -> None:
    columns = {"Omsætning": "spent"}
    query = candidates(unbound("members"), unbound("profiles"), unbound("variables"), columns)
    assert not run(query, "news", world(person(1), emails={1: None}))
    # What is not sent is not read.
    assert set(govern(query, permit("news")).places) == {"members", "variables", "mapping"}


def test_a_column_outside_the_purpose_is_refused() -> None:
    query = candidates(unbound("members"), unbound("profiles"), None, {"Mobil": "phone"})
    with pytest.raises(ColumnOutsidePurpose, match=r"profiles\.phone"):
        govern(query, permit("news"))


def test_standing_is_not_read_for_the_activation() -> None:
    with pytest.raises(TableNotForPurpose):
        govern(held_back(unbound("members"), unbound("standing"), "news", NOW), permit("news"))


def test_a_column_that_does_not_exist_is_named_with_its_header() -> None:
    with pytest.raises(NameUnknown, match="'emial'") as error:
        candidates(unbound("members"), unbound("profiles"), None, {"E-mail": "emial"})
    assert (error.value.field, "'email'" in error.value.hint) == (("columns", "E-mail"), True)


def test_a_column_that_is_both_trait_and_variable_is_refused() -> None:
    with pytest.raises(ColumnAmbiguous):
        candidates(unbound("members"), unbound("profiles"), unbound("profiles"), {"E-mail": "email"})


untils = st.sampled_from([None, NOW - timedelta(days=1), NOW, NOW + timedelta(seconds=1), FOREVER])
standings = st.lists(
    st.tuples(untils, st.booleans(), st.sampled_from([None, "", "a@nordlys.example"]), st.booleans()), max_size=20
)


@settings(max_examples=15, deadline=None)
@given(standings)
def test_sent_and_held_back_are_the_members(drawn: list[tuple[datetime | None, bool, str | None, bool]]) -> None:
    known = [person(n, until, restricted=r) for n, (until, r, _, is_known) in enumerate(drawn, 1) if is_known]
    tables = world(*known, emails={n: email for n, (_, _, email, _) in enumerate(drawn, 1)})
    expected = {
        n
        for n, (until, restricted, email, is_known) in enumerate(drawn, 1)
        if is_known and until is not None and until > NOW and not restricted and email
    }
    rows = sent(tables)
    assert [row["person_id"] for row in rows] == sorted(expected)
    reasons = [int(str(count)) for count in held(tables).values()] + [
        int(str(row["people"])) for row in lacking(tables)
    ]
    assert len(rows) + sum(reasons) == len(drawn)


def delivery(subject: int, change: str, at: datetime, activation: str = "weekly") -> dict[str, object]:
    return {"subject_id": subject, "activation": activation, "change": change, "sent_at": at}


def test_the_last_list_is_of_the_newest_delivery_and_follows_the_person() -> None:
    later = NOW + timedelta(days=1)
    tables = {
        "mapping": [person(n)["mapping"] | {"person_id": min(n, 3)} for n in range(1, 6)],
        "deliveries": [
            delivery(1, "added", NOW),
            delivery(2, "added", NOW),
            delivery(1, "removed", later),
            delivery(2, "kept", later),
            delivery(3, "added", later),
            delivery(4, "added", later),
            delivery(5, "added", later + timedelta(days=1), "another"),
        ],
    }
    rows = run(last_list(unbound("deliveries"), "weekly"), DELIVERIES_PURPOSE, tables)
    assert sorted(int(str(row["person_id"])) for row in rows) == [2, 3]
    assert run(last_list(unbound("deliveries"), "never"), DELIVERIES_PURPOSE, tables) == []
