"""What can be wrong with an API as a source; `file` is what reports call the source, and no message holds a URL.

SourceError
└── ApiError
    ├── ApiUnreachable       no answer, after several tries
    ├── ApiBusy              it asks to wait, or fails, for longer than a load waits
    ├── ApiAccessDenied      the secret is missing, wrong, expired or not allowed to read this
    ├── ApiRequestRefused    it does not take the request as the definition makes it
    ├── ApiAnswerUnreadable  the answer is no JSON, too large, or without the rows
    ├── ApiPagesLoop         a page comes again and again
    ├── ApiLeadsElsewhere    a redirect or next page on another host
    └── ApiFieldGone         a declared field is in no row any more
"""

from __future__ import annotations

from collections.abc import Collection

from tillid.connectors.sources.errors import SourceError
from tillid.terms.errors import nearest


class ApiError(SourceError):
    """An API that rows can't be had from."""


class ApiUnreachable(ApiError):
    """No answer, or one that broke off, at every try."""

    def __init__(self, name: str, what: str, *, hint: str = "") -> None:
        super().__init__(name, what, hint=hint or "Check the address and the network, then run again.")


class ApiBusy(ApiError):
    """It asks to wait, or fails, for longer than a load waits."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name, what, hint="Nothing of this load was kept. Run again later: it goes on from the last.")


class ApiAccessDenied(ApiError):
    """Who asks is not known, or may not read this."""


class ApiRequestRefused(ApiError):
    """The API does not take the request as the definition makes it."""

    def __init__(self, name: str, what: str) -> None:
        hint = "Check path, params and body of the definition against the API's documentation."
        super().__init__(name, what, hint=hint)


class ApiAnswerUnreadable(ApiError):
    """An answer that rows can't be taken from."""


class ApiPagesLoop(ApiError):
    """The next page is one that was read already."""

    def __init__(self, name: str, page: int) -> None:
        hint = "Check `pages` of the definition: the parameter that asks for the next page has no effect."
        super().__init__(name, f"page {page} is the same as an earlier one", hint=hint)


class ApiLeadsElsewhere(ApiError):
    """It points to another host, which must not get the secret."""

    def __init__(self, name: str, what: str, host: str) -> None:
        hint = "If that is where the API is now, put its address into `url`."
        super().__init__(name, f"{what} leads to another host, {host}, and is not followed", hint=hint)


class ApiFieldGone(ApiError):
    """A declared field that no row has any more."""

    def __init__(self, name: str, fields: Collection[str], there: Collection[str]) -> None:
        gone = sorted(fields)
        many = "fields that the definition names are" if len(gone) > 1 else "a field that the definition names is"
        super().__init__(
            name,
            f"{many} in no row: {', '.join(gone)}",
            hint=f"{nearest(gone[0], there)} If the API leaves it out when it is empty, list it under `optional`.",
        )
        self.fields = tuple(gone)
