"""Whether a purpose covers a column: the one test behind `column_covered` and the names of scopes."""

from __future__ import annotations

from collections.abc import Iterable

from tillid.governance.housekeeping import INTAKE
from tillid.terms.actor import Actor
from tillid.terms.categories import GOVERNMENT_ID, covers, is_covered, is_special
from tillid.terms.purpose import Purpose
from tillid.terms.table import Column


def is_usable(column: Column, purpose: Purpose) -> bool:
    """Whether every category of `column` is covered by `purpose`; a column without category never is.

    A key carries no data, so it needs no category; one that has a category is data and is judged by it.
    """
    if not column.categories:
        return column.key
    return all(is_lawful(category, purpose) for category in column.categories)


def is_shown(column: Column, actor: Actor, purposes: Iterable[Purpose]) -> bool:
    """Whether each of `purposes` covers `column` and `actor` may see it for each of them."""
    return all(
        is_usable(column, purpose) and all(actor.may_see(category, purpose.key) for category in column.categories)
        for purpose in purposes
    )


def is_lawful(category: str, purpose: Purpose) -> bool:
    """Whether `purpose` covers `category`, with a condition for a special one and a law for a government id.

    The condition is one of GDPR Art. 9(2), and explicit consent is none where no consent is asked for. The law is
    what GDPR Art. 87 leaves to the country.
    """
    if not is_covered(category, purpose.categories):
        return False
    if purpose.key == INTAKE:
        # It keeps, unseen, what a purpose of the project has the condition or the law for; other columns are mistakes.
        return True
    if covers(GOVERNMENT_ID, category):
        return bool(purpose.national_id_basis)
    return purpose.has_condition or not is_special(category)
