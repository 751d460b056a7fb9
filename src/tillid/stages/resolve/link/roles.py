"""Which role each column of a table plays when its records are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a column tells of a person or a company; `text` is any other short fact, as an occupation."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    HOUSE = "house"
    POSTCODE = "postcode"
    CITY = "city"
    COMPANY = "company"
    COMPANY_NUMBER = "company_number"
    SEX = "sex"
    OTHER_ID = "other_id"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns of each role.

    Columns of one role are joined by blanks (a given and a middle name), but those of `other_id` and `text`, which are
    compared one by one. A birth date is YYYY-MM-DD, or those digits.

    >>> Roles({Role.FULL_NAME: ("navn",), Role.TEXT: ("stilling", "branche")}).columns[Role.TEXT]
    ('stilling', 'branche')
    """

    columns: Mapping[Role, tuple[str, ...]]
