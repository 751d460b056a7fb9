"""What the house asks of where secrets are kept: passwords and tokens, by name, that show nowhere."""

from __future__ import annotations

from typing import NoReturn, Protocol, final


@final
class Secret:
    """A password or token. Only `reveal` gives it away; it is called where a driver takes it, and nowhere else.

    >>> secret = Secret("hunter2")
    >>> f"{secret} {secret!r} {[secret]}", secret.reveal() == "hunter2"
    ('*** *** [***]', True)
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


class Secrets(Protocol):
    """Finds secrets by name: small letters, digits and _, as the connection that needs it is called."""

    def find(self, name: str) -> Secret | None:
        """The secret of this name, or None. Errors: `SecretsError` where the file can't be used."""
        ...

    def where(self, name: str) -> str:
        """A sentence on where a secret of this name is looked for, to be the hint of an error."""
        ...
