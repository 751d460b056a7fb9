"""The shape of a source file: which files, what kind of facts, what each column means."""

from __future__ import annotations

from tillid.pipeline.project.api_shapes import API
from tillid.pipeline.project.lag_shape import LAG
from tillid.pipeline.project.ready import OrReady
from tillid.pipeline.project.schema import (
    Day,
    Key,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Text,
    Truth,
    When,
    Whole,
)
from tillid.pipeline.project.words import NAME, one_of
from tillid.stages.ingest.columns import PARTS_OF_WASH, ColumnType
from tillid.stages.ingest.definitions import ORIGINS, Load, SourceKind
from tillid.stages.wash.definitions import WashKind
from tillid.terms.categories import ALL_CATEGORIES, ALL_DATA_SUBJECTS

FORMATS = ("csv", "tsv", "excel", "html", "spss", "sas", "stata", "parquet", "json", "ndjson", "google_trends")
VALUES = ("codes", "labels")
STATES = ("given", "refused", "withdrawn", "objected")

_TYPE = Text(
    pattern=rf"(?:{'|'.join(ColumnType)}|decimal\([0-9]{{1,2}}, ?[0-9]{{1,2}}\))",
    says=f"one of {', '.join(ColumnType)}, decimal(p,s)",
)

_ONE_CHARACTER = Text(pattern=r"[^\r\n]", says="one character")

_PARTS = tuple(dict.fromkeys(part for parts in PARTS_OF_WASH.values() for part in parts))

_COLUMN = Record(
    {
        "name": Key(NAME, "name of the column in Tillid", required=True),
        "type": Key(_TYPE, f"one of {', '.join(ColumnType)}, or decimal(p,s)", required=True),
        "category": Key(Text(ALL_CATEGORIES, "data category"), "what kind of data it is", required=True),
        "identifier": Key(NAME, "kind of identifier in it: customer_no, email, phone, login, device_id …"),
        "wash": Key(one_of(WashKind, "wash"), "how it is washed; default: by identifier, else by category"),
        "parts": Key(
            MapOf(NAME, Text(_PARTS, "part")), "parts of what was washed, each with the name of the column it becomes"
        ),
        "postcode": Key(Text(), "under a city: column with its postcode; default: by order; none: held against none"),
        "required": Key(Truth(), "a row where it is empty is refused"),
        "values": Key(MapOf(Scalar()), "value in the file and the value that is stored"),
        "label": Key(Text(), "name that people read"),
        "unit": Key(Text(), "unit of the value"),
    }
)


_TABLE = Text(pattern=r"(?!.*://)[^\s].*", says="the name of a table or view, not a URL")

_DATABASE = Record(
    {
        "connection": Key(NAME, "a connection of tillid.yml", required=True),
        "table": Key(_TABLE, "table or view, perhaps after its schema: sales.orders", required=True),
        "cursor": Key(Text(), "column that grows with each new or changed row; left out: the whole table each time"),
        "lag": Key(LAG, "how far back each load looks again for rows that were committed late"),
        "deleted": Key(Text(), "column that marks a row as deleted: true, not 0, or a time"),
    }
)

SOURCE = OrReady(
    {
        "name": Key(NAME, "name of the source and its table; default: the file's name"),
        "label": Key(Text(), "name that people read"),
        "kind": Key(one_of(SourceKind, "kind"), "what its rows are", required=True),
        "files": Key(ListOf(Text(), or_single=True), "globs, relative to the project, or to where `from` leads"),
        "from": Key(NAME, "the connection of tillid.yml at whose other end the files are: sftp or s3"),
        "database": Key(_DATABASE, "the table that the rows are in, in place of files"),
        "api": Key(API, "the resource of an API that the rows are, in place of files"),
        "format": Key(Text(FORMATS, "format"), "found by looking at the file when left out"),
        "load": Key(one_of(Load, "load"), "whether a file is all there is, more of it, or changes"),
        "encoding": Key(Text(), "encoding of the files"),
        "separator": Key(_ONE_CHARACTER, "between the values of a line"),
        "quote": Key(_ONE_CHARACTER, "around values"),
        "decimal": Key(Text((",", "."), "decimal mark"), "decimal mark"),
        "date_format": Key(Text(), "as in strptime: %d-%m-%Y; or epoch_s, epoch_ms, epoch_us: counted from 1970"),
        "header_row": Key(Whole(1), "the row with the headers, from 1"),
        "sheet": Key(Text(), "sheet of a workbook, or a further table of it: Sheet#2"),
        "values": Key(Text(VALUES, "values"), "whether values that a file labels are read as codes or labels"),
        "key": Key(Text(), "column that identifies a record"),
        "time": Key(Text(), "column with the time of the event, or of the record's version"),
        "country": Key(Text(), "column with the record's country"),
        "data_subject": Key(Text(ALL_DATA_SUBJECTS, "data subject"), "whom the rows are about"),
        "identified": Key(Truth(), "false where no column says who a person is: each record is one of its own"),
        "link_guesses": Key(Truth(), "true where an identifier that washing guessed links people; default: false"),
        "collected_for": Key(ListOf(Text()), "purposes that every row was collected for"),
        "collected_for_if": Key(MapOf(Text()), "purpose, and the true/false field that decides row by row"),
        "purpose": Key(Text(), "the purpose that all consents of the file are about"),
        "state": Key(Text(STATES, "state"), "the state of all consents of the file"),
        "bars": Key(ListOf(Text()), "purposes or data uses that the list bars"),
        "list_date": Key(Day(), "date of the suppression list"),
        "columns": Key(MapOf(_COLUMN), "header in the file and what it means", required=True),
        "ignore": Key(ListOf(Text(), at_least=0), "headers that are left out on purpose"),
    },
    rules=(
        When("kind", ("events",), needs=("time",)),
        When("kind", ("things",), bars=("collected_for", "collected_for_if", "data_subject", "link_guesses")),
        When("kind", ("suppressions",), needs=("bars",)),
        When("kind", ("people", "events", "things", "suppressions"), bars=("purpose", "state")),
        When("kind", ("people", "events", "things", "consents"), bars=("bars", "list_date")),
        When("kind", ("events", "consents", "suppressions", "things"), bars=("identified",)),
    ),
    one_of=ORIGINS,
)
