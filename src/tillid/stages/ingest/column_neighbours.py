"""What a column means beside others: a number after a street is a house's, a title among goods a product's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tillid.stages.ingest.column_meaning import LIKELY, Guess
from tillid.stages.ingest.table_kind import Seen
from tillid.terms.header_words import Meaning, spelled

_HOUSE_NO = Meaning("house_no", "user.contact.address.street", "text")
_PRODUCT = Meaning("product", "@goods", "text")
_NUMBERS = frozenset({"n", "nr", "no", "num", "numero", "nummer", "number"})
_TITLES = frozenset({"title", "titel", "titre", "tittel"})
_GOODS = frozenset({"product", "order_no", "quantity", "amount", "stock_cost", "unit"})
_FEW_OF_GOODS = 2


def beside_others(columns: Sequence[Seen]) -> tuple[Seen, ...]:
    """The columns, each with what it means where it stands.

    >>> from tillid.stages.ingest.column_profile import ColumnProfile
    >>> def seen(header, name):
    ...     profile = ColumnProfile(header, 1, 1, 1, True, "text", "", 0.0, {}, frozenset())
    ...     return Seen(profile, (Guess(Meaning(name, "user"), 1.0, ""),))
    >>> [column.is_ for column in beside_others((seen("Rue", "street"), seen("N°", "record_no")))]
    ['street', 'house_no']
    """
    of_goods = sum(column.is_ in _GOODS for column in columns) >= _FEW_OF_GOODS
    # Beside a form of address, a title is one of a person.
    has_titles = of_goods and not any(column.is_ == "salutation" for column in columns)
    settled: list[Seen] = []
    for column in columns:
        # The second column of one name has a 2 behind it.
        words = {word for word in spelled(column.profile.header) if not word.isdigit()}
        after = settled[-1].is_ if settled else ""
        if after == "street" and words and words <= _NUMBERS:
            settled.append(_meaning(column, _HOUSE_NO, "a number that stands after a street"))
        elif (has_titles and words and words <= _TITLES) or (
            of_goods and column.is_ == "company_no" and "ean" in words
        ):
            settled.append(_meaning(column, _PRODUCT, "it stands among what is said of goods"))
        else:
            settled.append(column)
    return tuple(settled)


def _meaning(column: Seen, meaning: Meaning, reason: str) -> Seen:
    certainty = max((guess.certainty for guess in column.guesses), default=LIKELY)
    return replace(column, guesses=(Guess(meaning, certainty, reason), *column.guesses))
