"""Secrets are found in three places in order, never where others could read them, and show nowhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from tillid.connectors.secrets.kept_secrets import KeptSecrets
from tillid.ports.errors import SecretsExposed, SecretsTorn
from tillid.ports.secrets import Secret

VALUE = "hunter2-æøå"


class Ring(KeyringBackend):
    """A keyring that holds what it is given."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held = {("tillid:small", "shop"): "from the ring"}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringError("locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_password", made.get_password)
    return made


def kept(tmp_path: Path, **environment: str) -> KeptSecrets:
    return KeptSecrets("small", {"HOME": str(tmp_path), **environment})


def written(tmp_path: Path, text: str, mode: int = 0o600) -> None:
    path = tmp_path / ".config" / "tillid" / "secrets.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def revealed(secrets: KeptSecrets, name: str = "shop") -> str | None:
    found = secrets.find(name)
    return None if found is None else found.reveal()


def test_the_environment_comes_before_the_file_and_the_file_before_the_keyring(tmp_path: Path, ring: Ring) -> None:
    assert revealed(kept(tmp_path)) == "from the ring"
    written(tmp_path, "[small]\nshop = 'from the file'\n[other]\nstore = 'of another project'\n")
    assert revealed(kept(tmp_path)) == "from the file"
    assert revealed(kept(tmp_path, TILLID_SECRET_SHOP="from the environment")) == "from the environment"
    assert revealed(kept(tmp_path), "store") is None
    ring.is_locked = True
    assert revealed(kept(tmp_path), "store") is None


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o666, 0o620])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    written(tmp_path, f"[small]\nshop = '{VALUE}'\n", mode)
    with pytest.raises(SecretsExposed, match="chmod 600") as raised:
        kept(tmp_path).find("shop")
    assert VALUE not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("text", [f"[small]\nshop = '{VALUE}", f"shop: {VALUE}", f"[small]\nshop = {VALUE}"])
def test_a_file_that_is_torn_is_said_without_what_is_in_it(tmp_path: Path, text: str) -> None:
    written(tmp_path, text)
    with pytest.raises(SecretsTorn, match="is not TOML") as raised:
        kept(tmp_path).find("shop")
    assert VALUE not in "".join(traceback.format_exception(raised.value))


def test_a_file_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[small]\nshop = 'x'\n")
    path.chmod(0o600)
    secrets = kept(tmp_path, TILLID_SECRETS_FILE=str(path))
    assert revealed(secrets) == "x"
    assert str(path) in secrets.where("shop")


def test_where_names_the_three_places(tmp_path: Path) -> None:
    said = kept(tmp_path).where("shop_2")
    assert "TILLID_SECRET_SHOP_2" in said
    assert "[small]" in said
    assert "keyring set tillid:small shop_2" in said
    assert str(tmp_path) not in said


def test_a_secret_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE)
    logging.getLogger("x").warning("%s %r %s", secret, secret, [secret])
    shown = [str(secret), repr(secret), f"{secret:>20}", f"{[secret]} { ({'a': secret}) }", caplog.text]
    assert not [text for text in shown if VALUE in text]
    for write in (json.dumps, pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as raised:
            write(secret)  # type: ignore[operator]
        assert VALUE not in str(raised.value)
