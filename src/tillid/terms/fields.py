"""Reading one definition out of a plain mapping, with mistakes that know which key they are about.

TillidError
└── FieldInvalid            something at `field` is wrong
    ├── FieldMissing        a key that must be there is not
    └── NameUnknown         a key, column, table or variable that does not exist
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias, TypeVar

from tillid.terms.errors import TillidError, nearest

FieldPath: TypeAlias = tuple[str | int, ...]
_Choice = TypeVar("_Choice", bound=StrEnum)


class FieldInvalid(TillidError):
    """A definition is wrong.

    `field` holds the keys and list positions, from the top of the definition, that lead to the mistake;
    `definition` is the definition's name, or empty where the caller knows it anyway.
    """

    def __init__(self, message: str, *, hint: str = "", field: FieldPath = (), definition: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field
        self.definition = definition


class FieldMissing(FieldInvalid):
    """A key that must be there is not."""


class NameUnknown(FieldInvalid):
    """A key, column, table or variable that does not exist."""


@contextmanager
def at_field(*keys: str | int, definition: str = "") -> Iterator[None]:
    """Put `keys` before the field of each FieldInvalid that passes through.

    >>> try:
    ...     with at_field("where", definition="revenue"):
    ...         raise FieldMissing("column is missing", field=("not",))
    ... except FieldInvalid as error:
    ...     error.field, error.definition
    (('where', 'not'), 'revenue')
    """
    try:
        yield
    except FieldInvalid as error:
        error.field = (*keys, *error.field)
        error.definition = error.definition or definition
        raise


def require_name(what: str, name: str, valid: Collection[str], field: FieldPath = ()) -> None:
    """Refuse `name` with NameUnknown, which suggests the nearest, when it is not among `valid`."""
    if name not in valid:
        raise NameUnknown(f"There is no {what} {name!r}", hint=nearest(name, valid), field=field)


def read_mapping(
    value: object, field: FieldPath, *, allowed: Collection[str], required: Collection[str] = ()
) -> Mapping[str, object]:
    """`value`, when it is a mapping with only `allowed` keys and all `required` ones."""
    if not isinstance(value, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(value)}", field=field)
    for key in value:
        require_name("key", str(key), allowed, (*field, str(key)))
    for key in required:
        if value.get(key) is None:
            raise FieldMissing(f"The key {key!r} is missing", field=field)
    return value


def read_text(mapping: Mapping[str, object], key: str, field: FieldPath) -> str | None:
    """The text under `key`, or None when the key is absent."""
    value = mapping.get(key)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise FieldInvalid(f"{key!r} must be text, not {kind_of(value)}", field=(*field, key))


def read_name(mapping: Mapping[str, object], key: str, field: FieldPath = ()) -> str:
    """The text that must stand under `key`."""
    text = read_text(mapping, key, field)
    if text is None:
        raise FieldMissing(f"{key!r} is empty", field=(*field, key))
    return text


def read_choice(mapping: Mapping[str, object], key: str, field: FieldPath, choices: type[_Choice]) -> _Choice | None:
    """The member of `choices` that is written under `key`, or None when the key is absent."""
    value = mapping.get(key)
    if value is None:
        return None
    require_name(key, str(value), [member.value for member in choices], (*field, key))
    return choices(str(value))


def read_list(mapping: Mapping[str, object], key: str, field: FieldPath) -> Sequence[object]:
    """The list under `key`, which must have an entry."""
    value = mapping.get(key)
    if isinstance(value, list | tuple) and value:
        return value
    raise FieldInvalid(f"{key!r} must be a list with at least one entry", field=(*field, key))


def read_texts(mapping: Mapping[str, object], key: str, field: FieldPath) -> tuple[str, ...]:
    """The texts in the list under `key`; none when the key is absent."""
    if mapping.get(key) is None:
        return ()
    texts = []
    for position, entry in enumerate(read_list(mapping, key, field)):
        if not isinstance(entry, str):
            raise FieldInvalid(f"Text is needed here, not {kind_of(entry)}", field=(*field, key, position))
        texts.append(entry)
    return tuple(texts)


def read_count(mapping: Mapping[str, object], key: str, field: FieldPath) -> int | None:
    """The whole number of 0 or more under `key`, or None when the key is absent."""
    value = mapping.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FieldInvalid(f"{key!r} must be a whole number of 0 or more", field=(*field, key))
    return value


def kind_of(value: object) -> str:
    """What sort of value it is, in words that never show the value.

    >>> kind_of(True), kind_of("Ida"), kind_of([1])
    ('true or false', 'text', 'a list')
    """
    words: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        ((datetime, date), "a date"),
        ((list, tuple), "a list"),
        (Mapping, "a mapping"),
    )
    return next((word for type_, word in words if isinstance(value, type_)), "nothing")
