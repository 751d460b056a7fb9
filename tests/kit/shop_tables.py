"""A small project whose customers and orders are tables of a database, and what the tests do to these tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from small_projects import PURPOSES, TILLID, SmallProject

from tillid.pipeline.run_report import RunReport

KUNDER = """
kind: people
database: {connection: butik, table: kunder%(more)s}
key: customer_no
data_subject: customer
collected_for: [analytics, linking]
columns:
  Nr:     {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  E-mail: {name: email, type: text, category: user.contact.email, identifier: email}
  By:     {name: city, type: text, category: user.contact.address.city, wash: none}
ignore: [ændret, slettet]
"""

ORDRER = """
kind: events
database: {connection: butik, table: ordrer, cursor: %(cursor)s%(more)s}
time: occurred_at
data_subject: customer
collected_for: [analytics]
columns:
  kunde:   {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  bestilt: {name: occurred_at, type: timestamp, category: user.behavior.purchase_history}
  beløb:   {name: amount, type: money, category: user.behavior.purchase_history}
  nr:      {name: order_no, type: text, category: user.behavior.purchase_history}
"""


MORNING = datetime(2025, 11, 3, 9, 30)


def customer(nr: int, city: str = "Århus", at: datetime = MORNING, *, gone: bool = False) -> dict[str, object]:
    """A row of kunder."""
    return {"Nr": nr, "E-mail": f"k{nr}@example.com", "By": city, "ændret": at, "slettet": gone}


def order(nr: int, at: datetime = MORNING, amount: str = "99.50", kunde: int = 1) -> dict[str, object]:
    """A row of ordrer."""
    return {"nr": nr, "kunde": kunde, "bestilt": at, "beløb": Decimal(amount)}


class Database(Protocol):
    """What the tests ask of a database."""

    driver: str

    def connection(self, **more: object) -> str: ...
    def owner(self) -> sa.Engine: ...


class Shop:
    """Two tables in a database, and a project that reads them."""

    def __init__(self, folder: Path, database: Database, sources: dict[str, str]) -> None:
        self.database = database
        self.meta = sa.MetaData()
        self.customers = sa.Table(
            "kunder",
            self.meta,
            sa.Column("Nr", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("E-mail", sa.String(80)),
            sa.Column("By", sa.String(40)),
            sa.Column("ændret", sa.DateTime),
            sa.Column("slettet", sa.Boolean),
        )
        self.orders = sa.Table(
            "ordrer",
            self.meta,
            sa.Column("nr", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("kunde", sa.Integer),
            sa.Column("bestilt", sa.DateTime),
            sa.Column("beløb", sa.Numeric(12, 2)),
        )
        with database.owner().begin() as connection:
            self.meta.create_all(connection)
        tillid = f"{TILLID}connections:\n  butik: {database.connection()}\n"
        files = {"tillid.yml": tillid, "purposes.yml": PURPOSES}
        files |= {f"sources/{name}.yml": text for name, text in sources.items()}
        self.project = SmallProject(folder, files)

    def run(self) -> RunReport:
        """`tillid run`, an hour after the last one."""
        self.project.now += timedelta(hours=1)
        return self.project.run()

    def put(self, table: sa.Table, *rows: dict[str, Any]) -> None:
        """Insert rows, in one transaction."""
        with self.database.owner().begin() as connection:
            connection.execute(table.insert(), list(rows))

    def change(self, table: sa.Table, key: int, **values: Any) -> None:
        """Update one row."""
        column = next(iter(table.primary_key))
        with self.database.owner().begin() as connection:
            connection.execute(table.update().where(column == key).values({table.c[k]: v for k, v in values.items()}))

    def remove(self, table: sa.Table, key: int) -> None:
        """Delete one row."""
        column = next(iter(table.primary_key))
        with self.database.owner().begin() as connection:
            connection.execute(table.delete().where(column == key))

    def say(self, statement: str) -> None:
        """Run a statement."""
        with self.database.owner().begin() as connection:
            connection.execute(sa.text(statement))

    def held(self, columns: str = "customer_no, city") -> list[tuple[Any, ...]]:
        """The customers that are open, by number."""
        rows = self.project.sql(f"select {columns} from crm where valid_to is null")
        return sorted(tuple(row.values()) for row in rows)

    def events(self, column: str = "order_no") -> list[Any]:
        """A column of all events, sorted."""
        return sorted(row[column] for row in self.project.sql(f"select {column} from orders"))
