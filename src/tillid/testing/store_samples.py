"""Made-up tables, rows and permits with which a store is put to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.governed import GovernedQuery
from tillid.governance.housekeeping import INTAKE, PERMISSIONS
from tillid.governance.mapping import FOREVER, mapping_table
from tillid.governance.register import Register, fingerprint
from tillid.ports.store import Build, Generation, Store
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import Column, Path, Table, TableKind

NOW = datetime(2026, 1, 1)
BEHAVIOUR = frozenset({"user.behavior"})
NEWS = Purpose("news", "marketing.communications.email", LegalBasis.CONSENT, BEHAVIOUR, Duration.parse("24 months"))

_SALE = (
    Column("sale", "int64", key=True),
    Column("amount", "decimal(18,2)", BEHAVIOUR),
    Column("at", "timestamp(6)", BEHAVIOUR),
    Column("day", "date", BEHAVIOUR),
    Column("text", "string", BEHAVIOUR),
    Column("score", "float64", BEHAVIOUR),
    Column("fine", "boolean", BEHAVIOUR),
    Column("pieces", "int32", BEHAVIOUR),
)
SALES = Table("sales", _SALE)
BEST = Table("best", _SALE, kind=TableKind.DERIVED)
HEAP = Table("heap", _SALE, kind=TableKind.STAGED, only_for=frozenset({INTAKE}))
VALUES = Table("values", _SALE[:2], kind=TableKind.DERIVED, scoped=True)
ORDERS = Table(
    "orders",
    (Column("amount", "decimal(18,2)", BEHAVIOUR), Column("at", "timestamp(6)", BEHAVIOUR)),
    path=Path.SUBJECT,
    collected=True,
    retained_from="at",
)
PEOPLE = mapping_table([NEWS])
PEOPLE_IN = Table("people_in", PEOPLE.columns, kind=TableKind.STAGED, only_for=frozenset({PERMISSIONS}))

SALE_ROWS: tuple[dict[str, object], ...] = (
    {
        "sale": 1,
        "amount": Decimal("1234567890123456.78"),
        "at": datetime(9999, 12, 31, 23, 59, 59, 999999),
        "day": date(9999, 12, 31),
        "text": 'Ærø, Tromsø, Århus: "it\'s" `so` \\ \n IJ é 漢 🙂',
        "score": 0.1,
        "fine": True,
        "pieces": 2147483647,
    },
    {
        "sale": -9223372036854775808,
        "amount": Decimal("-0.01"),
        "at": datetime(1, 1, 1),
        "day": date(1, 1, 1),
        "text": "",
        "score": -1.7976931348623157e308,
        "fine": False,
        "pieces": -2147483648,
    },
    {
        "sale": 9223372036854775807,
        "amount": Decimal("0.00"),
        "at": datetime(1969, 12, 31, 23, 59, 59, 1),
        "day": date(1970, 1, 1),
        "text": "NULL; drop table sales --",
        "score": float("inf"),
        "fine": None,
        "pieces": 0,
    },
    dict.fromkeys(("sale", "amount", "at", "day", "text", "score", "fine", "pieces")),
)


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow columns of a sample table, as a stage would hand them over."""
    types = {
        "int64": pa.int64(),
        "int32": pa.int32(),
        "decimal(18,2)": pa.decimal128(18, 2),
        "timestamp(6)": pa.timestamp("us"),
        "date": pa.date32(),
        "string": pa.string(),
        "float64": pa.float64(),
        "boolean": pa.bool_(),
    }
    return pa.schema([(name, types[kind]) for name, kind in table.physical().items()])


def sales(*rows: Mapping[str, object], table: Table = SALES) -> list[pa.RecordBatch]:
    """One batch of sample rows."""
    return [pa.RecordBatch.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))]


def numbered(first: int, count: int, *, size: int = 1000) -> Iterator[pa.RecordBatch]:
    """`count` plain sales numbered from `first`, in batches of at most `size`."""
    for start in range(first, first + count, size):
        numbers = range(start, min(start + size, first + count))
        yield from sales(*({"sale": n, "amount": Decimal(n % 100), "text": f"sale {n}"} for n in numbers))


def register(*, news: Purpose = NEWS, tables: tuple[Table, ...] = ()) -> Register:
    """A register with one actor who may do anything; `tables` stand in for those of the same name."""
    named = {t.name: t for t in (SALES, BEST, HEAP, VALUES, ORDERS, PEOPLE, PEOPLE_IN)}
    named |= {table.name: table for table in tables}
    return Register(
        purposes=[news],
        actors=[Actor("ole", (Role("steward", None, None),))],
        tables=named.values(),
        purpose_sets={1: frozenset({"news"}), 2: frozenset()},
        clock=lambda: NOW,
    )


def fingerprints(known: Register) -> dict[str, str]:
    """What `Store.build` is told of a register's purposes."""
    return {key: fingerprint(purpose) for key, purpose in known.purposes.items()}


REGISTER = register()


def ask(
    name: str,
    what: Callable[[ir.Table], ir.Expr] = lambda table: table,
    *,
    purpose: str = "news",
    known: Register = REGISTER,
) -> GovernedQuery:
    """A governed query over one sample table."""
    table = known.table(name)
    permit = known.permit(known.actor("ole"), purpose)
    return govern(what(ibis.table(table.logical(), name=name)), permit)


def build(store: Store, known: Register = REGISTER) -> Build:
    """A build under the purposes of a register."""
    return store.build(fingerprints(known))


def build_sales(store: Store, first: int, count: int) -> Generation:
    """A generation that adds `count` sales and works out the best of all so far."""
    going = build(store)
    going.append(SALES, numbered(first, count))
    going.write(BEST, ask("sales", lambda t: t.filter(t.amount > 97)))
    return going.commit({"upto": first + count})


def write_people(going: Build, known: Register = REGISTER) -> None:
    """A mapping in which subjects 1 and 2 are permitted and 3 is not."""
    rows = [
        {"subject_id": s, "person_id": s, "restricted": False, "until__news": FOREVER if s < 3 else None}
        for s in (1, 2, 3)
    ]
    going.stage(PEOPLE_IN, sales(*rows, table=PEOPLE_IN))
    going.write(PEOPLE, ask("people_in", purpose=PERMISSIONS, known=known))


def write_orders(going: Build) -> None:
    """Five orders: two of subject 1, one each of 2 and 3, one of 2 that was not collected for news."""
    rows = [
        {"subject_id": s, "purpose_set": p, "amount": Decimal(a), "at": datetime(2025, 6, 1)}
        for s, p, a in ((1, 1, 10), (1, 1, 20), (2, 1, 40), (3, 1, 80), (2, 2, 160))
    ]
    going.append(ORDERS, sales(*rows, table=ORDERS))


def rows_of(table: pa.Table, key: str = "sale") -> list[dict[str, object]]:
    """The rows in the order of `key`, empty ones last."""
    return sorted(table.to_pylist(), key=lambda row: (row[key] is None, row[key]))


class MemoryAudit:
    """An audit log for tests: entries in a list; `fail` makes every append raise."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Mapping[str, object]]] = []
        self.fail: Exception | None = None

    def append(self, kind: str, entry: Mapping[str, object]) -> None:
        """Keep one entry."""
        if self.fail is not None:
            raise self.fail
        self.entries.append((kind, entry))

    def close(self) -> None:
        """Nothing is held open."""
