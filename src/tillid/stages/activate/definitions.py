"""What a user declares about activation: destinations, and which segment goes where for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType

from tillid.terms.fields import FieldInvalid, FieldMissing, read_choice, read_text, require_keys


class DestinationKind(StrEnum):
    """Where a list can go."""

    FILE = "file"


class FileFormat(StrEnum):
    """What a file destination writes."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class DestinationDefinition:
    """A place that lists are delivered to: a file, by its path relative to the project folder.

    `separator` and `encoding` matter to CSV alone; `utf-8-sig` is what Excel reads as UTF-8.

    >>> DestinationDefinition("list", path="out/list.csv").format
    <FileFormat.CSV: 'csv'>
    """

    name: str
    path: str
    kind: DestinationKind = DestinationKind.FILE
    format: FileFormat = FileFormat.CSV
    separator: str = ";"
    encoding: str = "utf-8-sig"
    label: str = ""

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if not self.path or path.is_absolute() or ".." in path.parts or "\\" in self.path:
            raise FieldInvalid(
                "the path must lie inside the project folder",
                field=("path",),
                hint="write it as out/list.csv",
            )
        if path.parts and path.parts[0] == ".tillid":
            raise FieldInvalid("`.tillid` is the store's own folder", field=("path",), hint="write to out/")
        if len(self.separator) != 1 or self.separator in '"\r\n':
            raise FieldInvalid(
                "the separator must be one character", field=("separator",), hint='such as ";"'
            )
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError):
            raise FieldInvalid(
                "no such encoding", field=("encoding",), hint="such as utf-8, utf-8-sig or iso-8859-1"
            ) from None

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> DestinationDefinition:
        """Read what stands under ``destinations: NAME:``; FieldInvalid tells which key is wrong.

        >>> DestinationDefinition.from_mapping("list", {"kind": "file", "path": "out/a.parquet",
        ...                                             "format": "parquet"}).path
        'out/a.parquet'
        """
        keys = ("kind", "path", "format", "separator", "encoding", "label")
        given = require_keys(mapping, (), allowed=keys, required=("kind", "path"))
        return cls(
            name=name,
            path=read_text(given, "path", ()),
            kind=read_choice(given, "kind", (), DestinationKind),
            format=read_choice(given, "format", (), FileFormat) if "format" in given else FileFormat.CSV,
            separator=read_text(given, "separator", (), ";"),
            encoding=read_text(given, "encoding", (), "utf-8-sig"),
            label=read_text(given, "label", (), name),
        )


@dataclass(frozen=True, slots=True)
class ActivationDefinition:
    """One list: the members of a segment, for a purpose, to a destination, with these columns.

    `columns` maps the header that the receiver sees to the trait or variable that fills it, in order.

    >>> news = ActivationDefinition("news", segment="lapsed", purpose="newsletter", destination="file",
    ...                             columns={"E-mail": "email"})
    >>> dict(news.columns)
    {'E-mail': 'email'}
    """

    name: str
    segment: str
    purpose: str
    destination: str
    columns: Mapping[str, str]
    label: str = ""

    def __post_init__(self) -> None:
        for key in ("segment", "purpose", "destination"):
            if not getattr(self, key):
                raise FieldMissing(f"{key} is missing", hint=f"add {key}: …")
        if not self.columns:
            raise FieldMissing("columns is missing", hint="add columns: {header: trait or variable}")
        # A copy behind a read-only view: the caller's mapping may change, a definition may not.
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> ActivationDefinition:
        """Read what stands under ``activations: NAME:``; FieldInvalid tells which key is wrong."""
        keys = ("label", "segment", "purpose", "destination", "columns")
        given = require_keys(mapping, (), allowed=keys, required=keys[1:])
        columns = given["columns"]
        if not isinstance(columns, Mapping):
            raise FieldInvalid("columns must be a mapping of header to trait or variable", field=("columns",))
        return cls(
            name=name,
            segment=read_text(given, "segment", ()),
            purpose=read_text(given, "purpose", ()),
            destination=read_text(given, "destination", ()),
            columns={str(header): read_text(columns, header, ("columns",)) for header in columns},
            label=read_text(given, "label", (), name),
        )
