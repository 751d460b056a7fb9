"""Words that several kinds of files write alike: names, durations, words of a fixed set."""

from __future__ import annotations

from enum import StrEnum

from tillid.pipeline.project.schema import Text

NAME = Text(
    pattern=r"[a-z][a-z0-9_]{0,59}",
    says="a name of small letters, digits and _ that starts with a letter (at most 60)",
)
DURATION = Text(
    pattern=r"[1-9][0-9]{0,5} +(?:day|week|month|year)s?",
    says="a time such as 30 days, 12 months or 2 years",
)


def one_of(choices: type[StrEnum], what: str) -> Text:
    """Text that is one of an enumeration's values."""
    return Text(tuple(member.value for member in choices), what)
