"""Every kind of file in a project folder, described once, for the loader and for editors."""

from __future__ import annotations

from dataclasses import dataclass

from tillid.pipeline.project.condition_shapes import ROW_CONDITION, SEGMENT_RULE
from tillid.pipeline.project.connection_shapes import CONNECTIONS
from tillid.pipeline.project.schema import (
    Day,
    JsonSchema,
    Key,
    ListOf,
    MapOf,
    Record,
    Shape,
    Text,
    Variants,
    When,
    json_schema,
)
from tillid.pipeline.project.source_shapes import SOURCE
from tillid.pipeline.project.words import DURATION, NAME, one_of
from tillid.stages.activate.definitions import DECIMAL_MARKS, DestinationKind, FileFormat
from tillid.stages.profile.definitions import NEEDS_COLUMN, Measure, Survivorship
from tillid.terms.actor import ALL
from tillid.terms.categories import ALL_CATEGORIES, ALL_DATA_SUBJECTS, ALL_DATA_USES
from tillid.terms.purpose import LegalBasis, SpecialCategoryBasis

CATEGORY = Text(ALL_CATEGORIES, "data category")
STORES = ("duckdb", "spark")
_COUNTRY = Text(pattern="[A-Z]{2}", says="a country code such as DK")
_LANGUAGE = Text(pattern="[a-z]{2}", says="a language code such as da")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of definition file: where such files stand, and what they hold."""

    name: str
    where: str
    entry: Shape
    says: str
    key: str = ""

    @property
    def shape(self) -> Shape:
        """The shape of the whole file: one entry, or entries by name under `key`."""
        if not self.key:
            return self.entry
        return Record({self.key: Key(MapOf(self.entry, NAME), f"{self.key} by name", required=True)})

    @property
    def folder(self) -> str:
        """The folder of such files, or "" for the one file of this kind in the project folder itself."""
        return self.where.partition("/")[0] if "/" in self.where else ""


_ROLE = Record(
    {
        "purposes": Key(ListOf(Text(), or_word=ALL), "purposes that the role may use", required=True),
        "categories": Key(ListOf(CATEGORY, or_word=ALL), "data categories that it may see", required=True),
    }
)

_PROJECT = Record(
    {
        "name": Key(NAME, "short name of the project", required=True),
        "controller": Key(Text(), "the company that is responsible for the data", required=True),
        "contact": Key(Text(), "where people and authorities write to", required=True),
        "country": Key(Text(pattern="[A-Z]{2}", says="a country code such as DK"), "country of phones and postcodes"),
        "timezone": Key(Text(), "time zone of local times in files, such as Europe/Copenhagen"),
        "languages": Key(ListOf(Text(pattern="[a-z]{2}", says="a language code such as da")), "languages in use"),
        "store": Key(Text(STORES, "store"), "engine that holds the data"),
        "as_of": Key(Day(), "the day (its first moment) that variables are worked out for; default: now"),
        "connections": Key(
            CONNECTIONS, "databases, APIs and remote files that sources are read from, by name; secrets stand elsewhere"
        ),
        "roles": Key(MapOf(_ROLE, NAME), "who may use and see what", required=True),
        "users": Key(MapOf(ListOf(Text())), "actor name and their roles", required=True),
    }
)

_PURPOSE = Record(
    {
        "label": Key(Text(), "name that people read"),
        "data_use": Key(Text(ALL_DATA_USES, "data use"), "what the data is used for", required=True),
        "legal_basis": Key(one_of(LegalBasis, "legal basis"), "GDPR Art. 6", required=True),
        "categories": Key(ListOf(CATEGORY), "data categories it covers, with all below them", required=True),
        "data_subjects": Key(ListOf(Text(ALL_DATA_SUBJECTS, "data subject")), "whom the data is about"),
        "retention": Key(DURATION, "rows older than this are not used", required=True),
        "recipients": Key(ListOf(Text(), at_least=0), "who receives the data"),
        "notices": Key(ListOf(Text()), "versions of the notice under which a consent counts"),
        "consent_valid_for": Key(DURATION, "how long a consent counts after it was given"),
        "assessment": Key(Text(), "reference of the assessment of legitimate interests"),
        "special_category_basis": Key(
            one_of(SpecialCategoryBasis, "condition of GDPR Art. 9(2)"), "needed for special categories"
        ),
        "national_id_basis": Key(Text(), "the national law that lets it use government ids, such as CPR-loven § 11"),
    },
    rules=(
        When("legal_basis", (LegalBasis.LEGITIMATE_INTERESTS,), needs=("assessment",)),
        When("legal_basis", (LegalBasis.CONSENT,), needs=("notices",)),
    ),
)

_TRAIT = Record(
    {
        "rule": Key(one_of(Survivorship, "rule"), "which of several values is kept"),
        "from": Key(
            ListOf(Text(pattern=r"[^.\s]+\.[^.\s]+", says="a source and a column: source.column")),
            "columns of people sources",
            required=True,
        ),
        "order": Key(ListOf(Text()), "sources, best first"),
    }
)

_VARIABLE = Variants(
    {
        "measure": Record(
            {
                "label": Key(Text(), "name that people read"),
                "unit": Key(Text(), "unit of the value"),
                "of": Key(Text(), "source of the events", required=True),
                "measure": Key(one_of(Measure, "measure"), "how events become one value", required=True),
                "column": Key(Text(), "column of the events, or SQL over them such as quantity * unit_price"),
                "window": Key(DURATION, "how far back; default: all time"),
                "where": Key(ROW_CONDITION, "which events count"),
                "category": Key(CATEGORY, "what the value tells of besides, such as `user.health_and_medical`"),
            },
            rules=(
                When("measure", tuple(sorted(NEEDS_COLUMN)), needs=("column",)),
                When("measure", (Measure.RECENCY,), bars=("column",)),
                When("measure", (Measure.SHARE,), needs=("where",)),
            ),
        ),
        "sql": Record(
            {
                "label": Key(Text(), "name that people read"),
                "unit": Key(Text(), "unit of the value"),
                "sql": Key(Text(), "an expression over other variables", required=True),
                "category": Key(CATEGORY, "what the value tells of besides, such as `user.health_and_medical`"),
            }
        ),
    },
    what="variable",
)

_SEGMENT = Record(
    {
        "label": Key(Text(), "name that people read"),
        "purpose": Key(Text(), "the purpose that it is made for", required=True),
        "rule": Key(SEGMENT_RULE, "who belongs to it", required=True),
        "category": Key(CATEGORY, "what membership tells of besides, such as `user.health_and_medical`"),
    }
)

_DESTINATION = Record(
    {
        "label": Key(Text(), "name that people read"),
        "kind": Key(one_of(DestinationKind, "kind of destination"), "where lists go", required=True),
        "path": Key(Text(), "file, relative to the project folder", required=True),
        "format": Key(one_of(FileFormat, "format"), "csv or parquet"),
        "separator": Key(Text(pattern=r'[^"\r\n]', says="one character"), "between the values of a CSV line"),
        "decimal": Key(Text(DECIMAL_MARKS, "decimal mark"), "decimal mark of the numbers in a CSV file"),
        "encoding": Key(Text(), "encoding of a CSV file, such as utf-8-sig"),
    },
    rules=(When("format", (FileFormat.PARQUET,), bars=("separator", "decimal", "encoding")),),
)

_ACTIVATION = Record(
    {
        "label": Key(Text(), "name that people read"),
        "segment": Key(Text(), "who it is about", required=True),
        "purpose": Key(Text(), "what it is for", required=True),
        "destination": Key(Text(), "where it goes", required=True),
        "columns": Key(MapOf(Text()), "header and the trait or variable in it", required=True),
    }
)


FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("project", "tillid.yml", _PROJECT, "the project: who is responsible, and who may do what"),
    FileKind("purposes", "purposes.yml", _PURPOSE, "the register of purposes", "purposes"),
    FileKind("source", "sources/*.yml", SOURCE, "one source: what its files and columns mean"),
    FileKind("profile", "profile.yml", _TRAIT, "how traits are chosen among sources", "traits"),
    FileKind("variables", "variables/*.yml", _VARIABLE, "values worked out per person", "variables"),
    FileKind("segments", "segments/*.yml", _SEGMENT, "saved rules over people", "segments"),
    FileKind("destinations", "destinations/*.yml", _DESTINATION, "where lists go", "destinations"),
    FileKind("activations", "activations/*.yml", _ACTIVATION, "what goes where", "activations"),
)
"""In the order in which they are read."""


def file_kind(name: str) -> FileKind:
    """The kind of this name; KeyError when there is none."""
    return {kind.name: kind for kind in FILE_KINDS}[name]


def json_schemas() -> dict[str, JsonSchema]:
    """The JSON Schema (2020-12) of every kind of file, by the kind's name, for editors.

    >>> sorted(json_schemas())[:3]
    ['activations', 'destinations', 'profile']
    """
    return {kind.name: json_schema(kind.shape, f"Tillid: {kind.where}", kind.says) for kind in FILE_KINDS}
