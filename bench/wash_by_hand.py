"""What `tillid bench wash` is held against: the same libraries and lists called value by value in plain Python.

It does less than washing does, so that the comparison does not flatter: nothing is graded, no second reading is tried,
an address is one pattern, and a city is put right by its name alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bench.wash_people import COLUMNS, COUNTRY, NOTE
from tillid.stages.wash import WashKind
from tillid.stages.wash.place_list import city_keys, place_list
from tillid.terms.national_ids import without_national_ids

_ADDRESS = re.compile(
    r"^(?P<street>\D+?) (?P<house_number>\d+) ?(?P<letter>[A-Za-z](?!\w))?"
    r"(?:[ ,/-]+(?:(?P<floor>st|kl|\d{1,2})\.? ?(?P<door>tv|th|mf)?|(?:bus|bte)? ?(?P<unit>\w+))\.?)?$",
    re.IGNORECASE,
)
_DATES = ("%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y")


def washed_by_hand(row: Mapping[str, str]) -> dict[str, str | None]:
    """One row with each value put right, an address taken apart, and its city held against its postcode.

    >>> row = dict.fromkeys((*COLUMNS, NOTE), "") | {"address": "Storgata 1 b, H0201", "country": "NO"}
    >>> washed_by_hand(row)["unit"]
    'H0201'
    """
    country = row[COUNTRY]
    done = {column: _value(kind, row[column], country) for column, kind in COLUMNS.items()}
    if found := _ADDRESS.match(done["address"] or ""):
        done |= found.groupdict()
    places = place_list(country)
    expected = places.all_of((done["postcode"] or "")[:4])
    done["expected_city"] = None if not expected or done["city"] in expected else expected[0]
    done[NOTE] = without_national_ids(row[NOTE])
    return done


def _value(kind: WashKind, text: str, country: str) -> str | None:
    match kind:
        case WashKind.EMAIL:
            return _email(text)
        case WashKind.PHONE:
            return _phone(text, country)
        case WashKind.BIRTH_DATE:
            return _date(text.strip())
        case WashKind.CITY:
            return _city(" ".join(text.split()), country)
        case WashKind.POSTCODE | WashKind.COMPANY_NUMBER:
            return "".join(text.split()).upper()
    return " ".join(text.split()).title()


def _email(text: str) -> str | None:
    try:
        return str(validate_email(text.strip(), check_deliverability=False).normalized.lower())
    except EmailNotValidError:
        return None


def _phone(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    known = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if known else None


def _date(text: str) -> str | None:
    for notation in _DATES:
        try:
            return datetime.strptime(text, notation).date().isoformat()
        except ValueError:
            continue
    return None


def _city(text: str, country: str) -> str | None:
    spellings = place_list(country).spellings
    return next((spellings[key] for key in city_keys(text, country) if key in spellings), None)
