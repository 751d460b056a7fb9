"""A made-up shop: purposes, tables and rows, and which of the rows a purpose may use, worked out in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.govern import place_of
from tillid.governance.mapping import FOREVER, MAPPING, mapping_table, until_column
from tillid.governance.permit import Permit
from tillid.governance.register import Register
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import PERSON_ID, PURPOSE_SET, SUBJECT_ID, Column, Path, Table

NOW = datetime(2026, 1, 1)
BEHAVIOR = frozenset({"user.behavior"})
NAME = frozenset({"user.name"})
MONEY = "decimal(18, 2)"
TIME = "timestamp(6)"

PURPOSES = (
    Purpose(
        "news",
        "marketing.communications.email",
        LegalBasis.CONSENT,
        frozenset({"user.behavior", "user.name", "user.contact"}),
        Duration.parse("24 months"),
    ),
    Purpose(
        "analytics",
        "analytics",
        LegalBasis.LEGITIMATE_INTERESTS,
        frozenset({"user.behavior"}),
        Duration.parse("6 months"),
    ),
    Purpose(
        "service",
        "essential.service",
        LegalBasis.CONTRACT,
        frozenset({"user.behavior", "user.name"}),
        Duration.parse("10 years"),
    ),
)
PURPOSE_SETS = {
    1: frozenset({"news", "analytics", "service"}),
    2: frozenset({"analytics"}),
    3: frozenset({"news"}),
    4: frozenset(),
    5: frozenset({"service", "news"}),
}
# Kept outside every purpose, so that no query may use them.
OUTSIDE = frozenset({"user.financial"})

ORDERS = Table(
    "orders",
    (
        Column("quantity", "int64", BEHAVIOR),
        Column("amount", MONEY, BEHAVIOR),
        Column("weight", "float64", BEHAVIOR),
        Column("product", "int64", BEHAVIOR),
        Column("channel", "string", BEHAVIOR),
        Column("iban", "string", OUTSIDE),
        Column("occurred_at", TIME, BEHAVIOR),
        Column("untagged", "int64"),
    ),
    path=Path.SUBJECT,
    collected=True,
    retained_from="occurred_at",
)
PEOPLE = Table(
    "people",
    (
        Column("first_name", "string", NAME),
        Column("visits", "int64", BEHAVIOR),
        Column("salary", MONEY, OUTSIDE),
        Column("valid_from", TIME, BEHAVIOR),
        Column("valid_to", TIME, BEHAVIOR),
    ),
    path=Path.SUBJECT,
    collected=True,
    retained_from="valid_to",
)
VARIABLES = Table(
    "variables",
    (Column("revenue", MONEY, BEHAVIOR), Column("score", "float64", BEHAVIOR), Column("debt", MONEY, OUTSIDE)),
    path=Path.PERSON,
    scoped=True,
)
MEMBERS = Table("members", (Column("rank", "int64", BEHAVIOR), Column("city", "string", BEHAVIOR)), path=Path.PERSON)
THINGS = Table(
    "things",
    (
        Column("product_id", "int64", frozenset({"system.operations"})),
        Column("group_name", "string", frozenset({"system.operations"})),
        Column("price", MONEY, frozenset({"system.operations"})),
        Column("margin", MONEY, OUTSIDE),
    ),
)
INTERNAL = Table("intake_notes", (Column("note", "string", BEHAVIOR),), only_for=frozenset({"housekeeping.intake"}))
TABLES = (ORDERS, PEOPLE, VARIABLES, MEMBERS, THINGS, INTERNAL)

STEWARD = Actor("ida", (Role("steward", None, None),))
MARKETER = Actor("jens", (Role("marketer", frozenset({"news"}), frozenset({"user.behavior", "system"})),))
ACTORS = (STEWARD, MARKETER)

Row = dict[str, object]


@dataclass(frozen=True)
class Shop:
    """Physical rows by place, and the register that they are read under."""

    register: Register
    rows: dict[str, list[Row]]

    def permit(self, purpose: str, actor: Actor = STEWARD) -> Permit:
        return self.register.permit(actor, purpose)

    def table(self, name: str) -> ir.Table:
        return ibis.table(self.register.tables[name].logical(), name=name)

    def with_mapping(self, mapping: list[Row]) -> Shop:
        return replace(self, rows=self.rows | {MAPPING: mapping})

    def allowed(self, name: str, permit: Permit) -> list[Row]:
        """The rows of a table that the permit's one purpose may use, as a query sees them."""
        table, (purpose,) = self.register.tables[name], permit.purposes
        return [seen for row in self.rows[place_of(table, permit)] if (seen := self._seen(table, row, purpose))]

    def _seen(self, table: Table, row: Row, purpose: Purpose) -> Row | None:
        if table.collected and purpose.key not in PURPOSE_SETS.get(row[PURPOSE_SET], frozenset()):  # type: ignore[call-overload]
            return None
        if table.retained_from is not None:
            at = row[table.retained_from]
            is_open = at is None and table.retained_from == "valid_to"
            if not is_open and (at is None or at < purpose.retention.before(NOW)):  # type: ignore[operator]
                return None
        seen = {column.name: row[column.name] for column in table.columns}
        if table.path is Path.NONE:
            return seen
        key = row[SUBJECT_ID if table.path is Path.SUBJECT else PERSON_ID]
        for entry in self.rows[MAPPING]:
            if entry[SUBJECT_ID] == key:
                until = entry[until_column(purpose.key)]
                if until is None or until <= NOW or entry["restricted"] is not False:  # type: ignore[operator]
                    return None
                return {PERSON_ID: entry[PERSON_ID]} | seen
        return None


def make_register() -> Register:
    purposes = [replace(p, categories=p.categories | {"system.operations"}) for p in PURPOSES]
    return Register(
        purposes=purposes,
        actors=ACTORS,
        tables=(*TABLES, mapping_table(purposes)),
        purpose_sets=PURPOSE_SETS,
        clock=lambda: NOW,
    )


def make_shop(seed: int, *, people: int = 12, orders: int = 70) -> Shop:
    rng = random.Random(seed)
    register = make_register()
    subjects = range(1, people * 2)
    mapping = [_mapped(rng, subject, 1 + subject % people if subject > people else subject) for subject in subjects]
    _share_by_person(mapping)
    # Subject 0 is no person; it has a row of its own.
    mapping.append(
        {SUBJECT_ID: 0, PERSON_ID: 0, "restricted": False} | {until_column(p.key): FOREVER for p in PURPOSES}
    )
    rows: dict[str, list[Row]] = {
        MAPPING: mapping,
        "orders": [_order(rng, people) for _ in range(orders)],
        "people": [_record(rng, people) for _ in range(orders // 2)],
        "members": [_member(rng, person) for person in range(1, people + 4)],
        "things": [_thing(rng, number) for number in range(1, 9)],
        "intake_notes": [{"note": "a note"}],
    }
    for purpose in register.purposes:
        # Each scope holds its own values: a query that reads another's is found out.
        place = f"variables__{register.scope_of(purpose, VARIABLES)}"
        rows.setdefault(place, [_variable(rng, person) for person in range(1, people + 4)])
    return Shop(register, rows)


def load(shop: Shop) -> duckdb.DuckDBPyConnection:
    """The rows in an engine of the test's own, in the schema that governed queries name."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("create schema governed")
    for place, rows in shop.rows.items():
        table = shop.register.tables[place.split("__")[0]]
        schema = pa.schema([(name, _arrow_type(of)) for name, of in table.physical().items()])
        given = pa.Table.from_pylist(rows, schema)
        connection.register("given", given)
        connection.execute(f'create table governed."{place}" as select * from given')
        connection.unregister("given")
    return connection


def _arrow_type(of: str) -> pa.DataType:
    known = {
        "int64": pa.int64(),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "string": pa.string(),
        "boolean": pa.bool_(),
    }
    return known.get(of, pa.timestamp("us") if of.startswith("timestamp") else pa.decimal128(18, 2))


def _mapped(rng: random.Random, subject: int, person: int) -> Row:
    untils: Row = {}
    for purpose in PURPOSES:
        untils[until_column(purpose.key)] = rng.choice(
            [None, FOREVER, FOREVER, NOW, NOW - timedelta(days=1), NOW + timedelta(microseconds=1)]
        )
    return {SUBJECT_ID: subject, PERSON_ID: person, "restricted": rng.random() < 0.2} | untils


def _share_by_person(mapping: list[Row]) -> None:
    first = {row[PERSON_ID]: row for row in reversed(mapping)}
    for row in mapping:
        row.update({k: v for k, v in first[row[PERSON_ID]].items() if k not in (SUBJECT_ID, PERSON_ID)})


def _maybe(rng: random.Random, value: object, share: float = 0.15) -> object:
    return None if rng.random() < share else value


def _money(rng: random.Random) -> object:
    return _maybe(rng, Decimal(rng.randint(-5000, 90000)) / 100)


def _order(rng: random.Random, people: int) -> Row:
    ages = [0, 10, 170, 190, 700, 740, 3000, 4000]
    return {
        SUBJECT_ID: rng.randint(0, people * 2 + 2),
        PURPOSE_SET: _maybe(rng, rng.randint(1, 6), 0.05),
        "quantity": _maybe(rng, rng.randint(-3, 9)),
        "amount": _money(rng),
        "weight": _maybe(rng, rng.choice([0.0, 0.1, 1.5, 2.25, 1e6, 3.3])),
        "product": _maybe(rng, rng.randint(1, 9)),
        "channel": _maybe(rng, rng.choice(["web", "shop", "Web", "", "æøå"])),
        "iban": "secret",
        "untagged": 1,
        "occurred_at": _maybe(rng, NOW - timedelta(days=rng.choice(ages), seconds=rng.randint(0, 9)), 0.05),
    }


def _record(rng: random.Random, people: int) -> Row:
    start = NOW - timedelta(days=rng.randint(0, 4000))
    return {
        SUBJECT_ID: rng.randint(0, people * 2 + 2),
        PURPOSE_SET: rng.randint(1, 5),
        "first_name": _maybe(rng, rng.choice(["Åse", "Bo", "Cæsar", "bo"])),
        "visits": _maybe(rng, rng.randint(0, 5)),
        "salary": Decimal("1.00"),
        "valid_from": start,
        "valid_to": _maybe(rng, start + timedelta(days=200), 0.4),
    }


def _variable(rng: random.Random, person: int) -> Row:
    return {
        PERSON_ID: person,
        "revenue": _money(rng),
        "score": _maybe(rng, rng.choice([0.1, 0.7, 2.5])),
        "debt": Decimal("2.00"),
    }


def _member(rng: random.Random, person: int) -> Row:
    return {PERSON_ID: person, "rank": rng.randint(1, 5), "city": _maybe(rng, rng.choice(["Aarhus", "Odense", "Køge"]))}


def _thing(rng: random.Random, number: int) -> Row:
    return {
        "product_id": number,
        "group_name": rng.choice(["a", "b", None]),
        "price": _money(rng),
        "margin": Decimal("3.00"),
    }
