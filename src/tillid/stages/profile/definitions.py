"""What a user declares about profiles: traits of the golden record, and variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tillid.terms.conditions import Condition, read_condition
from tillid.terms.durations import Duration
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    Path,
    read_choice,
    read_text,
    read_texts,
    require_keys,
)


class Measure(StrEnum):
    """How the events of a window become one value."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"
    DISTINCT = "distinct"
    SHARE = "share"
    RECENCY = "recency"


NEEDS_COLUMN = frozenset(
    {Measure.SUM, Measure.MEAN, Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.DISTINCT}
)
ZERO_WITHOUT_ROWS = frozenset({Measure.COUNT, Measure.SUM, Measure.DISTINCT})


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a variable looks back over: after ``as_of - duration``, up to and with ``as_of``."""

    duration: Duration

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read a duration such as ``12 months``."""
        return cls(Duration.parse(text))

    def start(self, as_of: datetime) -> datetime:
        """The moment after which events count.

        >>> Window.parse("12 months").start(datetime(2011, 12, 10))
        datetime.datetime(2010, 12, 10, 0, 0)
        """
        return self.duration.before(as_of)


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """One value per person: a measure over the events of a table, or SQL over other variables.

    Exactly one of ``of`` (with ``measure``) and ``sql`` is given. No ``window`` means all time up to
    ``as_of``. ``label`` falls back to the name.
    """

    name: str
    label: str = ""
    unit: str = ""
    of: str | None = None
    measure: Measure | None = None
    column: str | None = None
    window: Window | None = None
    where: Condition | None = None
    sql: str | None = None

    def __post_init__(self) -> None:
        if self.sql is not None:
            self._refuse_beside_sql()
            return
        if self.of is None:
            raise FieldMissing("a variable is either of a table or sql", hint="add of: … and measure: …, or sql: …")
        if self.measure is None:
            raise FieldMissing("measure is missing", hint=f"one of {', '.join(Measure)}")
        if self.measure in NEEDS_COLUMN and self.column is None:
            raise FieldMissing(f"measure {self.measure} needs a column", hint="add column: …")
        if self.measure is Measure.RECENCY and self.column is not None:
            raise FieldInvalid("recency is about the time of events and takes no column", field=("column",))
        if self.measure is Measure.SHARE and self.where is None:
            raise FieldMissing("measure share needs a where", hint="add where: the rows to take the share of")

    def _refuse_beside_sql(self) -> None:
        for key in ("of", "measure", "column", "window", "where"):
            if getattr(self, key) is not None:
                raise FieldInvalid(f"{key} has no meaning beside sql", field=(key,))

    @property
    def is_derived(self) -> bool:
        """Whether it is worked out from other variables instead of from events."""
        return self.sql is not None

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> VariableDefinition:
        """Read what stands under ``variables: NAME:``; FieldInvalid tells which key is wrong.

        >>> VariableDefinition.from_mapping("orders", {"of": "orders", "measure": "count"}).measure
        <Measure.COUNT: 'count'>
        """
        keys = ("label", "unit", "of", "measure", "column", "window", "where", "sql")
        given = require_keys(mapping, (), allowed=keys)
        return cls(
            name=name,
            label=read_text(given, "label", (), name),
            unit=read_text(given, "unit", ()),
            of=read_text(given, "of", ()) or None,
            measure=read_choice(given, "measure", (), Measure) if "measure" in given else None,
            column=read_text(given, "column", ()) or None,
            window=_read_window(given),
            where=read_condition(given["where"], ("where",)) if "where" in given else None,
            sql=read_text(given, "sql", ()) or None,
        )


class Survivorship(StrEnum):
    """Which of several values for one trait is kept."""

    NEWEST = "newest"
    MOST_FREQUENT = "most_frequent"
    SOURCE_ORDER = "source_order"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a people source, written ``source.column``."""

    source: str
    column: str

    @classmethod
    def parse(cls, text: str, path: Path = ()) -> SourceColumn:
        """Read ``crm.email``.

        >>> SourceColumn.parse("crm.email")
        SourceColumn(source='crm', column='email')
        """
        source, dot, column = text.partition(".")
        if not (source and dot and column):
            raise FieldInvalid(f"{text} is not a source and a column", field=path, hint="write source.column")
        return cls(source, column)

    def __str__(self) -> str:
        return f"{self.source}.{self.column}"


@dataclass(frozen=True, slots=True)
class TraitDefinition:
    """One trait of the golden record: where it may come from (``from``) and which value survives.

    ``order`` lists sources, best first; sources that it leaves out follow in the order of ``from``.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    rule: Survivorship = Survivorship.NEWEST
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns:
            raise FieldMissing("from is missing", hint="add from: [source.column, …]")
        if len(set(self.columns)) != len(self.columns):
            raise FieldInvalid("a column is listed twice", field=("from",))
        sources = [column.source for column in self.columns]
        for position, source in enumerate(self.order):
            if source not in sources:
                raise FieldInvalid(
                    f"{source} is not a source of this trait",
                    field=("order", position),
                    hint=f"valid: {', '.join(dict.fromkeys(sources))}",
                )

    def ranked(self) -> tuple[SourceColumn, ...]:
        """The columns, best source first."""
        place = {source: position for position, source in reversed(list(enumerate(self.order)))}
        return tuple(sorted(self.columns, key=lambda column: place.get(column.source, len(self.order))))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> TraitDefinition:
        """Read what stands under ``traits: NAME:``."""
        given = require_keys(mapping, (), allowed=("rule", "from", "order"), required=("from",))
        columns = read_texts(given, "from", ())
        return cls(
            name=name,
            columns=tuple(SourceColumn.parse(text, ("from", i)) for i, text in enumerate(columns)),
            rule=read_choice(given, "rule", (), Survivorship) if "rule" in given else Survivorship.NEWEST,
            order=read_texts(given, "order", ()),
        )


def _read_window(given: Mapping[str, object]) -> Window | None:
    if "window" not in given:
        return None
    try:
        return Window.parse(given["window"])
    except FieldInvalid as error:
        raise FieldInvalid(error.message, field=("window",), hint=error.hint) from None
