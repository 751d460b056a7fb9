"""What a user declares about activation: destinations, and which segment goes where for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType

from tillid.terms.fields import FieldInvalid, FieldMissing, kind_of, read_choice, read_mapping, read_text


class DestinationKind(StrEnum):
    """Where a list can go."""

    FILE = "file"


DECIMAL_MARKS = (".", ",")


class FileFormat(StrEnum):
    """What a file destination writes."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class DestinationDefinition:
    """A place that lists are delivered to: a file, by its path relative to the project folder.

    `separator`, `decimal` and `encoding` matter to CSV alone; `utf-8-sig` is what Excel reads as UTF-8.

    >>> DestinationDefinition("list", path="out/list.csv").format
    <FileFormat.CSV: 'csv'>
    """

    name: str
    path: str
    kind: DestinationKind = DestinationKind.FILE
    format: FileFormat = FileFormat.CSV
    separator: str = ";"
    encoding: str = "utf-8-sig"
    decimal: str = "."
    label: str = ""

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        is_plain = self.path.isprintable() and "\\" not in self.path
        if not path.name or not is_plain or path.is_absolute() or ".." in path.parts:
            raise FieldInvalid(
                "the path must lie inside the project folder",
                field=("path",),
                hint="write it as out/list.csv",
            )
        if path.parts and path.parts[0] == ".tillid":
            raise FieldInvalid("That folder is the store's own", field=("path",), hint="Write to out/.")
        if len(self.separator) != 1 or self.separator in '"\r\n':
            raise FieldInvalid("The separator must be one character", field=("separator",), hint='Such as ";".')
        if self.decimal not in DECIMAL_MARKS:
            raise FieldInvalid("There is no such decimal mark", field=("decimal",), hint='Write "." or ",".')
        if self.format is FileFormat.CSV and self.decimal == self.separator:
            raise FieldInvalid(
                "The decimal mark is the separator", field=("decimal",), hint='Such as decimal "," and separator ";".'
            )
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError):
            raise FieldInvalid(
                "No such encoding", field=("encoding",), hint="Such as utf-8, utf-8-sig or iso-8859-1."
            ) from None

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> DestinationDefinition:
        """Read what stands under ``destinations: NAME:``; FieldInvalid tells which key is wrong.

        >>> DestinationDefinition.from_mapping("list", {"kind": "file", "path": "out/a.parquet",
        ...                                             "format": "parquet"}).path
        'out/a.parquet'
        """
        keys = ("kind", "path", "format", "separator", "decimal", "encoding", "label")
        given = read_mapping(mapping, (), allowed=keys, required=("kind", "path"))
        return cls(
            name=name,
            path=read_text(given, "path", ()) or "",
            kind=read_choice(given, "kind", (), DestinationKind) or DestinationKind.FILE,
            format=read_choice(given, "format", (), FileFormat) or FileFormat.CSV,
            separator=_read_separator(given),
            encoding=read_text(given, "encoding", ()) or "utf-8-sig",
            decimal=read_text(given, "decimal", ()) or ".",
            label=read_text(given, "label", ()) or name,
        )


def _read_separator(given: Mapping[str, object]) -> str:
    # Not read_text: a tab is a separator, and blank.
    separator = given.get("separator", ";")
    if not isinstance(separator, str):
        raise FieldInvalid(f"'separator' must be text, not {kind_of(separator)}", field=("separator",))
    return separator


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
                raise FieldMissing(f"The key {key!r} is missing")
        if not self.columns:
            raise FieldMissing("The key 'columns' is missing", hint="Write columns: {header: trait or variable}.")
        # A copy behind a read-only view: the caller's mapping may change, a definition may not.
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> ActivationDefinition:
        """Read what stands under ``activations: NAME:``; FieldInvalid tells which key is wrong."""
        keys = ("label", "segment", "purpose", "destination", "columns")
        given = read_mapping(mapping, (), allowed=keys, required=keys[1:])
        columns = given["columns"]
        if not isinstance(columns, Mapping):
            raise FieldInvalid(f"A mapping is needed here, not {kind_of(columns)}", field=("columns",))
        return cls(
            name=name,
            segment=read_text(given, "segment", ()) or "",
            purpose=read_text(given, "purpose", ()) or "",
            destination=read_text(given, "destination", ()) or "",
            columns={str(header): read_text(columns, header, ("columns",)) or "" for header in columns},
            label=read_text(given, "label", ()) or name,
        )
