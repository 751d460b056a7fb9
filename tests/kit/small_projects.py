"""Small made-up projects in a folder, run by the real pipeline, and a look straight into what the store holds."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tillid.governance.housekeeping import INTAKE, PERMISSIONS
from tillid.governance.ledgers import LEDGER, NEW_STATEMENTS
from tillid.pipeline import answers
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.derive import Derived
from tillid.pipeline.intake.held import keep_sources
from tillid.pipeline.intake.sources import TakenIn
from tillid.pipeline.progress import Silent
from tillid.pipeline.run import build_generation, run, worked_out
from tillid.pipeline.run_report import RunReport
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.terms.table import PERSON_ID, SUBJECT_ID

NOW = datetime(2026, 1, 1, 12)
Rows = list[dict[str, Any]]
Person = frozenset[tuple[str, str]]
Partition = frozenset[Person]
Tables = dict[str, Counter[tuple[object, ...]]]

TILLID = """
name: small
controller: Small ApS
contact: dpo@small.example
country: DK
timezone: UTC
roles:
  steward: {purposes: all, categories: all}
users:
  ole: [steward]
"""

_COVERS = "[user.unique_id, user.behavior, user.contact, user.name, user.device, user.privacy_preferences]"
PURPOSES = f"""
purposes:
  linking: {{data_use: operations, legal_basis: legitimate_interests, assessment: L1, retention: 10 years,
            categories: [user.unique_id, user.contact, user.device]}}
  analytics: {{data_use: analytics, legal_basis: legitimate_interests, assessment: L2, retention: 10 years,
              categories: {_COVERS}}}
  news: {{data_use: marketing.communications.email, legal_basis: consent, retention: 10 years, notices: [n1, n2],
         categories: {_COVERS}}}
"""

CRM = """
kind: people
files: data/crm*.csv
key: customer_no
data_subject: customer
collected_for: [analytics, linking, news]
columns:
  no:    {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  mail:  {name: email, type: text, category: user.contact.email, identifier: email}
  phone: {name: phone, type: text, category: user.contact.phone_number, identifier: phone}
  name:  {name: name, type: text, category: user.name}
"""

ORDERS = """
kind: events
files: data/orders*.csv
time: occurred_at
data_subject: customer
collected_for: [analytics, news]
columns:
  no:     {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  at:     {name: occurred_at, type: timestamp, category: user.behavior.purchase_history}
  item:   {name: item, type: text, category: user.behavior.purchase_history}
  amount: {name: amount, type: money, category: user.behavior.purchase_history}
"""

CONSENTS = """
kind: consents
files: data/consents*.csv
data_subject: customer
columns:
  mail:     {name: email, type: text, category: user.contact.email, identifier: email}
  purpose:  {name: purpose, type: text, category: user.privacy_preferences}
  state:    {name: state, type: text, category: user.privacy_preferences}
  at:       {name: at, type: timestamp, category: user.privacy_preferences}
  notice:   {name: notice, type: text, category: user.privacy_preferences}
  evidence: {name: evidence, type: text, category: user.privacy_preferences}
"""

VARIABLES = """
variables:
  revenue: {of: orders, measure: sum, column: amount}
  bought:  {of: orders, measure: count}
"""

CRM_HEAD = "no,mail,phone,name"
ORDERS_HEAD = "no,at,item,amount"
CONSENTS_HEAD = "mail,purpose,state,at,notice,evidence"


class SmallProject:
    """A project folder with the files of `files` (path → text), asked by `ole` at the moment `now` (UTC)."""

    def __init__(self, folder: Path, files: Mapping[str, str], now: datetime = NOW) -> None:
        self.folder = folder
        self.now = now
        defaults = {"tillid.yml": TILLID, "purposes.yml": PURPOSES}
        for path, text in (defaults | dict(files)).items():
            self.put(path, text)

    @classmethod
    def there(cls, folder: Path, now: datetime = NOW) -> SmallProject:
        """The project that is in the folder already."""
        made = cls.__new__(cls)
        made.folder, made.now = folder, now
        return made

    def put(self, path: str, content: str | bytes | Iterable[str], at: datetime | None = None) -> Path:
        """Write a file of the project; lines are joined. Data files are dated `at`, else an hour before `now`."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            text = content if isinstance(content, str) else "\n".join(content) + "\n"
            place.write_text(text, encoding="utf-8")
        moment = (at or self.now.replace(hour=max(self.now.hour - 1, 0))).replace(tzinfo=UTC).timestamp()
        os.utime(place, (moment, moment))
        return place

    def remove(self, path: str) -> None:
        """Take a file away."""
        (self.folder / path).unlink()

    @contextmanager
    def opened(self, verb: str = "test") -> Iterator[Workspace]:
        """The project opened for `ole`."""
        with Workspace.open(self.folder, "ole", verb=verb, clock=lambda: self.now) as workspace:
            yield workspace

    def run(self) -> RunReport:
        """`tillid run`."""
        with self.opened("run") as workspace:
            return run(workspace, Silent())

    def build(self) -> tuple[TakenIn, Derived]:
        """A run without activations and report."""
        with self.opened("run") as workspace:
            return build_generation(workspace, Silent())

    def restrict(self, value: str) -> None:
        """Restrict the data of the identifier with this value: on request, as no source restricts."""
        number = next(row[SUBJECT_ID] for row in self.internal("subjects") if row["value"] == value)
        said = (number, "", "restricted", self.now, "request", None, None)
        kinds = {"int64": pa.int64(), "string": pa.string()}
        arrays = {
            column.name: pa.array([cell], kinds.get(column.type, pa.timestamp("us")))
            for column, cell in zip(LEDGER.columns, said, strict=True)
        }

        def take_in(workspace: Workspace, build: Build) -> TakenIn:
            for table in (NEW_STATEMENTS, LEDGER):
                build.append(table, pa.table(arrays).to_batches())
            return keep_sources(workspace, build)

        with self.opened("restrict") as workspace:
            worked_out(workspace, Silent(), partial(take_in, workspace))

    def sql(self, text: str, purpose: str = "analytics") -> Rows:
        """`tillid sql`, in no order."""
        with self.opened() as workspace:
            return answers.sql(workspace, text, purpose).to_pylist()

    def answers(self, queries: Mapping[str, str], purpose: str = "analytics") -> dict[str, Rows]:
        """Several of `tillid sql` by name, the project opened once."""
        with self.opened() as workspace:
            return {name: answers.sql(workspace, text, purpose).to_pylist() for name, text in queries.items()}

    def ask(self, what: Callable[[Workspace], pa.Table]) -> Rows:
        """The rows of any question to the opened project."""
        with self.opened() as workspace:
            return what(workspace).to_pylist()

    def internal(self, table: str, purpose: str = PERMISSIONS) -> Rows:
        """All rows of an internal table."""
        return self.ask(lambda w: w.ask(unbound(w.register.table(table)), w.permit(purpose)))

    def refused(self) -> Rows:
        """The rows that could not be read."""
        return self.internal("refused_rows", INTAKE)

    def persons(self) -> dict[tuple[str, str], int]:
        """Each identifier (kind, value) and the id of its person."""
        both = unbound(MEMBERS).join(unbound(SUBJECTS), SUBJECT_ID)
        rows = self.ask(lambda w: w.ask(both, w.permit(PERMISSIONS)))
        return {(row["kind"], row["value"]): row[PERSON_ID] for row in rows if row[PERSON_ID] is not None}

    def partition(self) -> Partition:
        """The persons as sets of identifiers."""
        return frozenset(by_person(self.persons()).values())

    def profiles(self, table: str, purpose: str = "analytics") -> dict[Person, dict[str, Any]]:
        """The rows of a table by person, each by the set of that person's identifiers."""
        by_id = by_person(self.persons())
        rows = self.sql(f"select * from {table}", purpose)
        return {by_id[row.pop(PERSON_ID)]: row for row in rows}


def by_person(persons: Mapping[tuple[str, str], int]) -> dict[int, Person]:
    """Each person's identifiers by the person's id."""
    by_id: dict[int, set[tuple[str, str]]] = {}
    for identifier, person in persons.items():
        by_id.setdefault(person, set()).add(identifier)
    return {person: frozenset(identifiers) for person, identifiers in by_id.items()}


def stored(folder: Path) -> Tables:
    """Every table of the DuckDB store's current generation, by place, as rows without order.

    Opens the file itself: what no query would show is seen too. Tables that no generation points to come as
    `left over: NAME`.
    """
    with duckdb.connect(str(folder / ".tillid" / "store.duckdb"), read_only=True) as connection:
        parts = connection.execute("select place, name from manifest.parts").fetchall()
        held = connection.execute("select table_name from duckdb_tables() where schema_name = 'kept'").fetchall()
        tables: Tables = {place: Counter() for place, _ in parts}
        for place, name in [*parts, *((f"left over: {n}", n) for (n,) in held if n not in {p[1] for p in parts})]:
            rows = connection.execute(f'select * from kept."{name}"').fetchall()
            tables.setdefault(place, Counter()).update(rows)
    return tables


def notes(folder: Path) -> dict[str, Any]:
    """What the current generation noted."""
    with duckdb.connect(str(folder / ".tillid" / "store.duckdb"), read_only=True) as connection:
        found = connection.execute("select notes from manifest.generation").fetchone()
    return {} if found is None else json.loads(found[0])


def csv(head: str, *rows: Iterable[object]) -> str:
    """A CSV file; None is an empty cell."""
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join([head, *lines]) + "\n"
