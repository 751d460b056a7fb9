"""What a user declares about one column: its name, type and data category, and how its values are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import pyarrow as pa

from tillid.terms.categories import ALL_CATEGORIES, covers
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    at_field,
    kind_of,
    read_choice,
    read_mapping,
    read_name,
    read_text,
    require_name,
)

Stored: TypeAlias = str | int | float | bool

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")
_MONEY = (18, 2)
_PLAIN_DECIMAL = (18, 6)
_WASHES = (
    *("email", "phone", "name", "first_name", "last_name", "company", "company_number"),
    *("postcode", "city", "address", "date", "birth_date", "none"),
)
_DATE_WASHES = ("date", "birth_date")
PARTS_OF_WASH: Mapping[str, tuple[str, ...]] = {
    "address": (
        *("care_of", "extra", "street", "house_number", "letter", "floor", "door", "unit", "po_box", "parcel"),
        *("locality", "postcode", "city", "country"),
    ),
    "city": ("expected",),
    "name": ("title", "first", "middle", "particle", "last", "suffix"),
}
_ADDRESS = "user.contact.address"
_STREET = f"{_ADDRESS}.street"
_PERSON_NAME = "user.name"
_CATEGORY_OF_PART = {
    "postcode": f"{_ADDRESS}.postal_code",
    "city": f"{_ADDRESS}.city",
    "country": f"{_ADDRESS}.country",
    **dict.fromkeys(("street", "house_number", "letter", "floor", "door", "unit", "po_box", "parcel"), _STREET),
    "first": f"{_PERSON_NAME}.first",
    **dict.fromkeys(("particle", "last"), f"{_PERSON_NAME}.last"),
}
_KEYS = ("name", "type", "category", "identifier", "wash", "parts", "postcode", "required", "values", "label", "unit")


class ColumnType(StrEnum):
    """How the values of a column are kept."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


_ARROW: Mapping[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
}
_IBIS: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "int64",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamp(6)",
}
_WASH_OF_IDENTIFIER = {"email": "email", "phone": "phone", "company_number": "company_number"}
_WASH_OF_CATEGORY = {
    "user.contact.email": "email",
    "user.contact.phone_number": "phone",
    "user.contact.address.postal_code": "postcode",
    "user.contact.address.city": "city",
    "user.name.first": "first_name",
    "user.name.last": "last_name",
    "user.name": "name",
    _STREET: "address",
    "user.demographic.date_of_birth": "birth_date",
    "user.contact.organization": "company",
}


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """One column: `header` is its name in the file (a dotted path in JSON), `name` in Tillid.

    `digits` are precision and scale where the type says `decimal(p,s)`. `values` maps a value in the file
    (trimmed, in any case) to the value that is stored; None takes values as they are. `wash` is what the
    definition says; `washed_as` is what holds. `parts` of the washed value become columns of the name given;
    `postcode` names the column with the postcodes that a city is held against.

    >>> ColumnDefinition("E-mail", "email", ColumnType.TEXT, "user.contact.email").washed_as
    'email'
    """

    header: str
    name: str
    type: ColumnType
    category: str
    identifier: str | None = None
    wash: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    postcode: str | None = None
    required: bool = False
    values: Mapping[str, Stored] | None = None
    label: str = ""
    unit: str = ""
    digits: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        refuse_odd_name(self.name, "name")
        require_name("data category", self.category, ALL_CATEGORIES, ("category",))
        if self.identifier is not None:
            refuse_odd_name(self.identifier, "identifier")
        if self.wash is not None:
            require_name("wash", self.wash, _WASHES, ("wash",))
        if self.digits is not None and not (1 <= self.digits[0] <= 38 and self.digits[1] <= self.digits[0]):
            raise FieldInvalid("In decimal(p,s), p is 1 to 38 and s at most p", field=("type",))
        self._check_wash()
        if self.values is not None:
            by_value = {folded(key): value for key, value in self.values.items()}
            if len(by_value) < len(self.values):
                raise FieldInvalid("Two values differ only in case or blanks", field=("values",))
            object.__setattr__(self, "values", MappingProxyType(by_value))

    def _check_wash(self) -> None:
        if self.washed_as in _DATE_WASHES and self.type not in (ColumnType.TEXT, ColumnType.DATE):
            raise FieldInvalid(f"A column washed as {self.washed_as} must have type text or date", field=("type",))
        if self.washed_as not in ("none", *_DATE_WASHES) and self.type is not ColumnType.TEXT:
            raise FieldInvalid(f"A column washed as {self.washed_as} must have type text", field=("type",))
        if self.postcode is not None and self.washed_as != "city":
            raise FieldInvalid("'postcode' stands under a column that is washed as city", field=("postcode",))
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))
        if self.parts and self.washed_as not in PARTS_OF_WASH:
            raise FieldInvalid(
                f"A column washed as {self.washed_as} has no parts",
                hint=f"Columns washed as {' or '.join(PARTS_OF_WASH)} have.",
                field=("parts",),
            )
        for part, name in self.parts.items():
            require_name("part", part, PARTS_OF_WASH[self.washed_as], ("parts",))
            with at_field("parts"):
                refuse_odd_name(name, part)

    @property
    def as_cast(self) -> ColumnDefinition:
        """The column as it is cast: dates that are washed come to the wash as text."""
        if self.washed_as in _DATE_WASHES and self.type is ColumnType.DATE:
            return replace(self, type=ColumnType.TEXT)
        return self

    def category_of_part(self, part: str) -> str:
        """The data category of a part: of an address or a name the narrower one, where there is one.

        >>> ColumnDefinition("Adr", "adr", ColumnType.TEXT, "user.contact.address.street").category_of_part("city")
        'user.contact.address.city'
        """
        narrower = _CATEGORY_OF_PART.get(part, self.category)
        whole = _PERSON_NAME if self.washed_as == "name" else _ADDRESS
        return narrower if covers(whole, self.category) else self.category

    @property
    def washed_as(self) -> str:
        """How it is washed: as said, else by identifier, else (text alone) by category, else none."""
        if self.wash is not None:
            return self.wash
        if self.identifier in _WASH_OF_IDENTIFIER:
            return _WASH_OF_IDENTIFIER[self.identifier]
        if self.type is ColumnType.TEXT:
            if self.category == _ADDRESS:
                return "address"
            for category, wash in _WASH_OF_CATEGORY.items():
                if covers(category, self.category):
                    return wash
        return "none"

    @property
    def precision(self) -> tuple[int, int]:
        """Digits in all and digits after the point: as said, (18, 2) for money, (18, 6) for a bare decimal."""
        return self.digits or (_MONEY if self.type is ColumnType.MONEY else _PLAIN_DECIMAL)

    @property
    def rounds(self) -> bool:
        """Whether surplus digits of a text are rounded away; where digits were promised it is refused."""
        return self.type is ColumnType.DECIMAL and self.digits is None

    @property
    def arrow_type(self) -> pa.DataType:
        """The type that cast values have."""
        if self.type in _ARROW:
            return _ARROW[self.type]
        return pa.decimal128(*self.precision)

    @property
    def ibis_type(self) -> str:
        """The same type, as the declaration of a table writes it."""
        if self.type in _IBIS:
            return _IBIS[self.type]
        precision, scale = self.precision
        return f"decimal({precision}, {scale})"

    @classmethod
    def from_mapping(cls, header: str, mapping: object) -> ColumnDefinition:
        """Read what stands under ``columns: HEADER:``; FieldInvalid tells which key is wrong.

        >>> ColumnDefinition.from_mapping("Beløb", {"name": "amount", "type": "decimal(12,4)",
        ...                                         "category": "user.behavior"}).ibis_type
        'decimal(12, 4)'
        """
        given = read_mapping(mapping, (), allowed=_KEYS, required=("name", "type", "category"))
        required = given.get("required", False)
        if not isinstance(required, bool):
            raise FieldInvalid(f"'required' must be true or false, not {kind_of(required)}", field=("required",))
        type_, digits = _read_type(given)
        return cls(
            header=header,
            name=read_name(given, "name"),
            type=type_,
            category=read_name(given, "category"),
            identifier=read_text(given, "identifier", ()),
            wash=read_text(given, "wash", ()),
            parts=_read_parts(given),
            postcode=read_text(given, "postcode", ()),
            required=required,
            values=_read_values(given),
            label=read_text(given, "label", ()) or "",
            unit=read_text(given, "unit", ()) or "",
            digits=digits,
        )


def folded(value: str) -> str:
    """A value as `values` compares it: trimmed, in small letters."""
    return value.strip().lower()


def refuse_odd_name(name: str, key: str) -> None:
    """Refuse what cannot name a column or a table."""
    if not _NAME.fullmatch(name):
        hint = "Small letters, digits and _, a letter first, at most 60."
        raise FieldInvalid(f"{name!r} is not a name", hint=hint, field=(key,))


def read_columns(value: object) -> tuple[ColumnDefinition, ...]:
    """All columns under ``columns:``, in the order of the file."""
    if not isinstance(value, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(value)}", field=("columns",))
    columns = []
    for header, mapping in value.items():
        with at_field("columns", str(header)):
            columns.append(ColumnDefinition.from_mapping(str(header), mapping))
    return tuple(columns)


def _read_type(given: Mapping[str, object]) -> tuple[ColumnType, tuple[int, int] | None]:
    written = given["type"]
    digits = _DECIMAL.fullmatch(written) if isinstance(written, str) else None
    if digits is not None:
        return ColumnType.DECIMAL, (int(digits[1]), int(digits[2]))
    type_ = read_choice(given, "type", (), ColumnType)
    if type_ is None:
        raise FieldMissing("The key 'type' is missing")
    return type_, None


def _read_parts(given: Mapping[str, object]) -> dict[str, str]:
    parts = given.get("parts") or {}
    if not isinstance(parts, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(parts)}", field=("parts",))
    names = {str(part): read_text(parts, part, ("parts",)) for part in parts}
    return {part: name for part, name in names.items() if name is not None}


def _read_values(given: Mapping[str, object]) -> dict[str, Stored] | None:
    values = given.get("values")
    if values is None:
        return None
    if not isinstance(values, Mapping) or not values:
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(values)}", field=("values",))
    stored: dict[str, Stored] = {}
    for key, value in values.items():
        if not isinstance(value, str | int | float | bool):
            raise FieldInvalid(f"One value is needed here, not {kind_of(value)}", field=("values", str(key)))
        # YAML reads a bare yes or no as a truth; in the file it is a word.
        words = {True: ("true", "yes", "on"), False: ("false", "no", "off")}.get(key) if isinstance(key, bool) else None
        stored |= dict.fromkeys(words or (str(key),), value)
    return stored
