"""Finds a secret in the environment, else in a file that its owner alone can read, else in the system's keyring."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tillid.ports.errors import SecretsExposed, SecretsTorn
from tillid.ports.secrets import Secret

PREFIX = "TILLID_SECRET_"
FILE_VARIABLE = "TILLID_SECRETS_FILE"
_OTHERS = 0o077


class KeptSecrets:
    """The secrets of the project called `project`. A `Secrets`.

    In the environment, `shop` is TILLID_SECRET_SHOP. In the file it is the key `shop` of the table named as the
    project; the file is what TILLID_SECRETS_FILE names, else ~/.config/tillid/secrets.toml. In the keyring its
    service is `tillid:PROJECT` and its user `shop`.
    """

    def __init__(self, project: str, environment: Mapping[str, str] | None = None) -> None:
        self._project = project
        self._environment = os.environ if environment is None else environment

    def find(self, name: str) -> Secret | None:
        """The secret, from the first of the three places that has it. Errors: SecretsExposed, SecretsTorn."""
        given = self._environment.get(_variable(name))
        if given is None:
            given = self._in_file(name)
        if given is None:
            given = _in_keyring(f"tillid:{self._project}", name)
        return None if given is None else Secret(given)

    def where(self, name: str) -> str:
        """Where it is looked for."""
        return (
            f"Put it in the environment as {_variable(name)}, as {name} under [{self._project}] in "
            f"{self._shown_file()}, or in the keyring: keyring set tillid:{self._project} {name}"
        )

    def _file(self) -> Path:
        named = self._environment.get(FILE_VARIABLE)
        if named:
            return Path(named)
        home = self._environment.get("HOME") or "~"
        folder = self._environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
        return Path(folder).expanduser() / "tillid" / "secrets.toml"

    def _shown_file(self) -> str:
        return self._environment.get(FILE_VARIABLE) or "~/.config/tillid/secrets.toml"

    def _in_file(self, name: str) -> str | None:
        path, shown = self._file(), self._shown_file()
        try:
            with path.open("rb") as file:
                state = os.fstat(file.fileno())
                if state.st_mode & _OTHERS or state.st_uid not in (0, os.geteuid()):
                    raise SecretsExposed(
                        f"{shown} holds secrets, and others than you can reach it", hint=f"Run: chmod 600 {shown}"
                    )
                tables = tomllib.load(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretsTorn(f"{shown} can't be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            # What the parser says repeats the text around the mistake.
            raise SecretsTorn(
                f"{shown} is not TOML", hint=f"Write a line [{self._project}], then NAME = 'SECRET' below it."
            ) from None
        table = tables.get(self._project)
        found = table.get(name) if isinstance(table, dict) else None
        return found if isinstance(found, str) else None


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _in_keyring(service: str, name: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415  an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return keyring.get_password(service, name)
    except KeyringError:
        # No keyring on this machine, or one that stays locked, is a place without the secret.
        return None
