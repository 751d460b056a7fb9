"""What a user declares about profiles: traits of the golden record, and variables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tillid.stages.profile.expressions import columns_in
from tillid.terms.categories import ALL_CATEGORIES
from tillid.terms.conditions import Condition, columns_of, read_condition
from tillid.terms.durations import Duration
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    FieldPath,
    at_field,
    read_choice,
    read_mapping,
    read_text,
    read_texts,
    require_name,
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


OCCURRED_AT = "occurred_at"
NEEDS_COLUMN = frozenset(
    {Measure.SUM, Measure.MEAN, Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.DISTINCT}
)
_VARIABLE_KEYS = ("label", "unit", "of", "measure", "column", "window", "where", "sql", "category")
ZERO_WITHOUT_ROWS = frozenset({Measure.COUNT, Measure.SUM, Measure.DISTINCT})


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a variable looks back over: after `as_of - duration`, up to and with `as_of`."""

    duration: Duration

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read a duration such as `12 months`."""
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

    Exactly one of `of` (with `measure`) and `sql` is given. `column` is a column of the events or an SQL
    expression over their columns, such as `quantity * unit_price`. No `window` means all time up to `as_of`.
    `label` falls back to the name. `category` is what the value tells of besides what it is worked out from, such
    as health where it counts purchases at a pharmacy.

    >>> revenue = VariableDefinition("revenue", of="orders", measure=Measure.SUM, column="quantity * unit_price")
    >>> revenue.columns_measured()
    ('quantity', 'unit_price')
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
    category: str | None = None

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name)
        if self.category is not None:
            require_name("data category", self.category, ALL_CATEGORIES, ("category",))
        if self.sql is not None:
            self._refuse_beside_sql()
        elif self.of is None:
            raise FieldMissing("A variable needs a table or sql", hint="Add of: and measure:, or sql:.")
        elif self.measure is None:
            raise FieldMissing("The key 'measure' is missing", hint=f"One of: {', '.join(Measure)}.")
        else:
            self._check_measure(self.measure)

    def _refuse_beside_sql(self) -> None:
        for key in ("of", "measure", "column", "window", "where"):
            if getattr(self, key) is not None:
                raise FieldInvalid(f"{key!r} cannot stand beside 'sql'", field=(key,))

    def _check_measure(self, measure: Measure) -> None:
        if measure in NEEDS_COLUMN and self.column is None:
            raise FieldMissing(f"The measure {measure} needs a column", hint="Add column:.", field=("measure",))
        if measure is Measure.RECENCY and self.column is not None:
            raise FieldInvalid("The measure recency is of the events' time and has no column", field=("column",))
        if measure is Measure.SHARE and self.where is None:
            raise FieldMissing("The measure share needs a where", hint="Add where:.", field=("measure",))

    @property
    def is_derived(self) -> bool:
        """Whether it is worked out from other variables instead of from events."""
        return self.sql is not None

    def columns_measured(self) -> tuple[str, ...]:
        """The columns that `column` names, in order. Raises ExpressionInvalid when it is SQL that can't be read."""
        with at_field("column", definition=self.name):
            return () if self.column is None else columns_in(self.column)

    def columns_read(self) -> frozenset[str]:
        """The columns of its event table that it is worked out from, the time among them."""
        if self.is_derived:
            return frozenset()
        return frozenset(self.columns_measured()) | columns_of(self.where) | {OCCURRED_AT}

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> VariableDefinition:
        """Read what stands under `variables: NAME:`; FieldInvalid tells at which key it is wrong.

        >>> VariableDefinition.from_mapping("orders", {"of": "orders", "measure": "count"}).measure
        <Measure.COUNT: 'count'>
        """
        given = read_mapping(mapping, (), allowed=_VARIABLE_KEYS)
        with at_field("window"):
            window = Window.parse(given["window"]) if "window" in given else None
        with at_field("where"):
            where = read_condition(given["where"]) if "where" in given else None
        return cls(
            name=name,
            label=read_text(given, "label", ()) or name,
            unit=read_text(given, "unit", ()) or "",
            of=read_text(given, "of", ()),
            measure=read_choice(given, "measure", (), Measure),
            column=read_text(given, "column", ()),
            window=window,
            where=where,
            sql=read_text(given, "sql", ()),
            category=read_text(given, "category", ()),
        )


class Survivorship(StrEnum):
    """Which of several values for one trait is kept."""

    NEWEST = "newest"
    MOST_FREQUENT = "most_frequent"
    SOURCE_ORDER = "source_order"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a people source, written `source.column`."""

    source: str
    column: str

    @classmethod
    def parse(cls, text: str, field: FieldPath = ()) -> SourceColumn:
        """Read `crm.email`.

        >>> SourceColumn.parse("crm.email")
        SourceColumn(source='crm', column='email')
        """
        source, dot, column = text.partition(".")
        if not (source and dot and column):
            raise FieldInvalid(f"{text!r} is not a source and a column", hint="Write source.column.", field=field)
        return cls(source, column)

    def __str__(self) -> str:
        return f"{self.source}.{self.column}"


@dataclass(frozen=True, slots=True)
class TraitDefinition:
    """One trait of the golden record: where it may come from (`from` in the file) and which value survives.

    `order` lists sources, best first; those that it leaves out come after, in the order of `columns`.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    rule: Survivorship = Survivorship.NEWEST
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns:
            raise FieldMissing("The key 'from' is missing")
        if len(set(self.columns)) != len(self.columns):
            raise FieldInvalid("A column is listed twice", field=("from",))
        sources = [column.source for column in self.columns]
        for position, source in enumerate(self.order):
            require_name("source of this trait", source, sources, ("order", position))

    def ranked(self) -> tuple[SourceColumn, ...]:
        """The columns, those of the best source first.

        >>> email = TraitDefinition.from_mapping("email", {"from": ["crm.email", "web.email"], "order": ["web"]})
        >>> [str(column) for column in email.ranked()]
        ['web.email', 'crm.email']
        """
        place = {source: position for position, source in reversed(list(enumerate(self.order)))}
        return tuple(sorted(self.columns, key=lambda column: place.get(column.source, len(place))))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> TraitDefinition:
        """Read what stands under `traits: NAME:`; FieldInvalid tells at which key it is wrong."""
        given = read_mapping(mapping, (), allowed=("rule", "from", "order"), required=("from",))
        columns = read_texts(given, "from", ())
        return cls(
            name=name,
            columns=tuple(SourceColumn.parse(text, ("from", at)) for at, text in enumerate(columns)),
            rule=read_choice(given, "rule", (), Survivorship) or Survivorship.NEWEST,
            order=read_texts(given, "order", ()),
        )
