"""Guesses which role each column of a list plays when its records are compared: from headers, values and neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.column_facts import Facts, holds_national_ids, is_worth_comparing
from tillid.stages.resolve.link.guess_neighbours import beside_others
from tillid.stages.resolve.link.guesses import ColumnGuess
from tillid.stages.resolve.link.roles import Role, Roles
from tillid.terms.categories import asks_for_a_law, is_special
from tillid.terms.header_words import Reading, readings, spelled, words_of
from tillid.terms.special_words import special_category_of_header

_SURE = 0.5
_HALF = 0.5
_MANY_COMPANIES = 0.3
_ENOUGH_ROWS, _ENOUGH_NAMES = 20, 500
_LONG_TEXT = 60
_LONG_POSTCODE, _LONG_HOUSE, _MOST_SEXES = 12, 8, 12
_CONTACT = "contact_channel"
"""What `Kontaktperson` reads as: a person where the values are names, else a way to be reached."""

_ROLE_OF = {
    "first_name": Role.FIRST_NAME,
    "middle_name": Role.FIRST_NAME,
    "last_name": Role.LAST_NAME,
    "name": Role.FULL_NAME,
    "birth_date": Role.BIRTH_DATE,
    "email": Role.EMAIL,
    "phone": Role.PHONE,
    "street": Role.STREET,
    "house_no": Role.HOUSE,
    "postcode": Role.POSTCODE,
    "city": Role.CITY,
    "birth_place": Role.CITY,
    "company": Role.COMPANY,
    "company_no": Role.COMPANY_NUMBER,
    "gender": Role.SEX,
    **dict.fromkeys(("customer_no", "loyalty_no", "person_no", "login"), Role.OTHER_ID),
    **dict.fromkeys(("region", "country", "job_title", "industry", "department", "contact_channel"), Role.TEXT),
}
# Columns that say which records are one would be the answer and no evidence.
_TRUTHS = frozenset("cluster truth gold label match matched duplicate duplicates dublet doublet groundtruth".split())
_WHOSE = frozenset("entity true real".split())
_KEYS = frozenset("entity id no nr key".split())
_FLAGS = frozenset("is has er har".split())


def guessed(table: pa.Table) -> Roles:
    """The roles of a table of texts.

    >>> names = {"Navn": ["Ida Holm", "Bo Dahl"], "E-mail": ["ida@mail.example", "bo@mail.example"]}
    >>> {str(role): columns for role, columns in guessed(pa.table({"Nr": ["1", "2"], **names})).columns.items()}
    {'full_name': ('Navn',), 'email': ('E-mail',)}
    """
    columns: dict[Role, tuple[str, ...]] = {}
    for guess in guesses(table):
        if guess.role is Role.OTHER_ID and not is_worth_comparing(_texts(table, guess.header)):
            continue
        if guess.role is not None:
            columns[guess.role] = (*columns.get(guess.role, ()), guess.header)
    return Roles(columns)


def guesses(table: pa.Table) -> tuple[ColumnGuess, ...]:
    """What each column of a table of texts is, those of one role in the order in which they are joined.

    A column in the role `other_id` is worth comparing only where `is_worth_comparing` says so of all records.
    """
    facts = {header: Facts.of(_texts(table, header)) for header in table.column_names}
    alone = [_alone(header, _texts(table, header), facts[header]) for header in table.column_names]
    return beside_others(alone, facts, lambda one, other: _begins_with(table, one, other))


def barred(header: str, values: pa.Array) -> str:
    """Why a column may not be compared whatever is asked for; empty where it may.

    >>> barred("CPR-nr.", pa.array(["x"])), barred("Navn", pa.array(["Ida"]))
    ('identity numbers of the state', '')
    """
    special = special_category_of_header(header)
    best = _best_reading(header)
    if special is None and best is not None and asks_for_a_law(best.meaning.category):
        special = best.meaning.category
    if special is not None:
        return "a special category of data" if is_special(special) else "identity numbers of the state"
    return "identity numbers of the state" if holds_national_ids(header, values) else ""


def _best_reading(header: str) -> Reading | None:
    return next((reading for reading in readings(header) if reading.fit >= _SURE), None)


def _texts(table: pa.Table, header: str) -> pa.Array:
    return pa.concat_arrays(table[header].cast(pa.string()).chunks or [pa.array([], pa.string())])


def _alone(header: str, values: pa.Array, facts: Facts) -> ColumnGuess:
    """What a column is by its own header and values."""
    best = _best_reading(header)
    why = _not_looked_at(header, values, facts)
    if why:
        return ColumnGuess(header, None, why=why)
    name, fit = (best.meaning.name, best.fit) if best is not None else ("", 0.0)
    role = _role_by_header(header, name, facts)
    if role is None:
        # What a header names is not something else for its looks; what nothing names may be.
        found = None if name and name not in _ROLE_OF else _by_looks(facts)
        return ColumnGuess(header, found, why="its values look so" if found else _unused(name))
    if role is Role.FULL_NAME and facts.shares["company"] >= _MANY_COMPANIES:
        return ColumnGuess(header, Role.COMPANY, "company", fit, "many of its values are names of companies")
    return ColumnGuess(header, role, name, fit, "its header says so")


def _not_looked_at(header: str, values: pa.Array, facts: Facts) -> str:
    """Why a column is left out whatever its header means; empty where it is not."""
    if not facts.filled:
        return "it is empty"
    if says_who_is_who(header):
        return "it may say which records are one"
    if why := barred(header, values):
        return f"it tells of {why}"
    return "all its values are one" if facts.distinct == 1 and facts.filled >= _ENOUGH_ROWS else ""


def _role_by_header(header: str, name: str, facts: Facts) -> Role | None:
    """The role that a header names, unless the values are none that it has."""
    role = _ROLE_OF.get(name)
    if role is Role.FULL_NAME and any("attention" in word.means for word in words_of(header)):
        role = Role.TEXT
    if name == _CONTACT and facts.shares["words"] < _HALF:
        return None
    return None if role is None or not _CAN_BE.get(role, _anything)(facts) else role


def says_who_is_who(header: str) -> bool:
    """Whether a header names what linking is to find out, or a mere yes and no.

    >>> [says_who_is_who(header) for header in ("cluster", "true_id", "is_customer", "Legal entity name")]
    [True, True, True, False]
    """
    words = spelled(header)
    keyed = bool(_WHOSE & set(words)) and words[-1] in _KEYS
    return keyed or bool(_TRUTHS & set(words)) or (len(words) > 1 and words[0] in _FLAGS)


def _unused(name: str) -> str:
    words = name.replace("_", " ")
    if name in _ROLE_OF:
        return f"its header says {words}, but its values do not look so"
    return f"{words}: not compared" if name else "nothing tells what it is"


def _anything(_: Facts) -> bool:
    return True


def _is_name(facts: Facts) -> bool:
    return facts.shares["email"] <= _HALF and facts.shares["digit"] <= _HALF


def _has_digits(facts: Facts) -> bool:
    return facts.shares["digit"] >= _HALF


_CAN_BE: Mapping[Role, Callable[[Facts], bool]] = {
    Role.EMAIL: lambda facts: facts.shares["email"] >= _HALF,
    Role.PHONE: _has_digits,
    Role.COMPANY_NUMBER: _has_digits,
    Role.BIRTH_DATE: lambda facts: _has_digits(facts) and facts.shares["year"] + facts.shares["dated"] >= _HALF,
    Role.POSTCODE: lambda facts: _has_digits(facts) and facts.length <= _LONG_POSTCODE,
    Role.HOUSE: lambda facts: facts.length <= _LONG_HOUSE,
    Role.SEX: lambda facts: facts.distinct <= _MOST_SEXES,
    **dict.fromkeys((Role.FIRST_NAME, Role.LAST_NAME, Role.FULL_NAME), _is_name),
    Role.TEXT: lambda facts: facts.length <= _LONG_TEXT,
}
"""What the values of a role look like."""


def _by_looks(facts: Facts) -> Role | None:
    """What the values alone give away."""
    looks: Sequence[tuple[str, float, Role]] = (
        ("email", _HALF, Role.EMAIL),
        ("dialled", _HALF, Role.PHONE),
        ("dutch_postcode", 0.9, Role.POSTCODE),
        ("company", _HALF, Role.COMPANY),
    )
    return next((role for shape, least, role in looks if facts.shares[shape] >= least), None)


def _begins_with(table: pa.Table, name: str, first: str) -> bool:
    """Whether most of the names that are told begin with the first name beside them."""
    names, firsts = (pc.utf8_lower(pc.utf8_trim_whitespace(_texts(table, header))) for header in (name, first))
    both = pc.fill_null(pc.and_(pc.not_equal(names, ""), pc.not_equal(firsts, "")), False)
    pairs = zip(*(texts.filter(both).slice(0, _ENOUGH_NAMES).to_pylist() for texts in (names, firsts)), strict=True)
    begun = [told.startswith(f"{start} ") for told, start in pairs]
    return bool(sum(begun) > len(begun) / 2)
