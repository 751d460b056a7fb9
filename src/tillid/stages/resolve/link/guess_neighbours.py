"""What columns are beside one another: a name beside a first name is a last name; of two telephones one comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tillid.stages.resolve.link.column_facts import Facts
from tillid.stages.resolve.link.guesses import ColumnGuess
from tillid.stages.resolve.link.roles import Role
from tillid.terms.header_words import spelled

# Columns of these roles are joined; of the others the best is taken, and the rest are what stands here.
_JOINED = (Role.FIRST_NAME, Role.LAST_NAME, Role.HOUSE)
_APART = (Role.TEXT, Role.OTHER_ID)
_REST = {
    Role.EMAIL: Role.OTHER_ID,
    Role.PHONE: Role.OTHER_ID,
    Role.COMPANY_NUMBER: Role.OTHER_ID,
    Role.STREET: Role.TEXT,
    Role.CITY: Role.TEXT,
    Role.COMPANY: Role.TEXT,
}
# Small words before a family name, as Dutch lists keep them.
_BEFORE_FAMILY = frozenset({"tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels"})
_PERSONS = (Role.FIRST_NAME, Role.LAST_NAME)

Begins = Callable[[str, str], bool]
"""Whether the names of one column begin with the first names of another."""


def beside_others(alone: Sequence[ColumnGuess], facts: Mapping[str, Facts], begins: Begins) -> tuple[ColumnGuess, ...]:
    """The guesses as they are beside one another, those of one role in the order in which they are joined."""
    found = _plain_names([_small_words(guess) for guess in alone], begins)
    found = _names_of_companies(found)
    for role in Role:
        if role not in (*_JOINED, *_APART):
            found = _one_of_each(found, role, facts)
    return tuple(sorted(found, key=_in_join_order))


def _small_words(guess: ColumnGuess) -> ColumnGuess:
    is_small = guess.about == "middle_name" and bool(_BEFORE_FAMILY & set(spelled(guess.header)))
    return replace(guess, role=Role.LAST_NAME) if is_small else guess


def _plain_names(found: Sequence[ColumnGuess], begins: Begins) -> list[ColumnGuess]:
    """A plain `name` beside a first name and no last name is the last name, unless it begins with the first."""
    there = _by_role(found)
    first = there.get(Role.FIRST_NAME, ())
    names = there.get(Role.FULL_NAME, ())
    if not first or Role.LAST_NAME in there or len(names) != 1 or begins(names[0].header, first[0].header):
        return list(found)
    is_last = replace(names[0], role=Role.LAST_NAME, why="it stands beside a first name")
    return [is_last if guess is names[0] else guess for guess in found]


def _names_of_companies(found: Sequence[ColumnGuess]) -> list[ColumnGuess]:
    """A plain `name` beside a number of companies is a company's, where nothing else names one or a person."""
    there = _by_role(found)
    names = there.get(Role.FULL_NAME, ())
    is_company = Role.COMPANY_NUMBER in there and Role.COMPANY not in there
    if not is_company or any(role in there for role in _PERSONS):
        return list(found)
    told = "it stands beside a company number"
    return [replace(g, role=Role.COMPANY, why=told) if g in names[:1] else g for g in found]


def _one_of_each(found: Sequence[ColumnGuess], role: Role, facts: Mapping[str, Facts]) -> list[ColumnGuess]:
    """The best column of a role in it, the others in what is left for them."""
    several = _by_role(found).get(role, ())
    if len(several) < 2:
        return list(found)
    best = max(several, key=lambda guess: (guess.about != "birth_place", round(guess.fit, 1), _fullness(guess, facts)))
    joined = [guess for guess in several if guess is not best and _is_its_next_line(guess, best, role)]
    made = []
    for guess in found:
        if guess.role is not role or guess is best or guess in joined:
            made.append(guess)
        else:
            rest = _REST.get(role)
            why = guess.why if rest else f"{best.header} says the same"
            made.append(replace(guess, role=rest, why=why))
    return made


def _fullness(guess: ColumnGuess, facts: Mapping[str, Facts]) -> int:
    """How many values a column of numbers or addresses has; of names and places the first counts."""
    return facts[guess.header].filled if guess.role in (Role.PHONE, Role.EMAIL) else 0


def _is_its_next_line(guess: ColumnGuess, best: ColumnGuess, role: Role) -> bool:
    """Whether a name goes on here: `Navn 2` after `Navn`."""
    if role not in (Role.FULL_NAME, Role.COMPANY):
        return False
    words, first = ([w for w in spelled(g.header) if not w.isdigit()] for g in (guess, best))
    return words == first


def _by_role(found: Iterable[ColumnGuess]) -> dict[Role, tuple[ColumnGuess, ...]]:
    there: dict[Role, tuple[ColumnGuess, ...]] = {}
    for guess in found:
        if guess.role is not None:
            there[guess.role] = (*there.get(guess.role, ()), guess)
    return there


def _in_join_order(guess: ColumnGuess) -> int:
    """Middle names after the first, small words before the family name; all else as it stands in the file."""
    if guess.role is Role.FIRST_NAME:
        return 1 if guess.about == "middle_name" else 0
    if guess.role is Role.LAST_NAME:
        return 0 if guess.about == "middle_name" else 1
    return 0
