"""Who asks: puts the secret into each request, and fetches OAuth 2 tokens anew when they have run out."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from requests import PreparedRequest
from requests.auth import AuthBase

from tillid.connectors.sources.api.errors import ApiAccessDenied
from tillid.ports.api import ApiConnection, Auth, AuthKind
from tillid.ports.secrets import Secret, Secrets

CLIENT = "_client"
"""After the connection's name: the name of the client's secret where the other one is a refresh token."""
_GRANTS = (AuthKind.CLIENT_CREDENTIALS, AuthKind.REFRESH_TOKEN, AuthKind.GOOGLE_SERVICE_ACCOUNT)
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_LIFE = 3600
_EARLY = 60
"""Seconds by which this machine's clock may be wrong: a token is dated back, and replaced early, by so much."""

Fetch = Callable[[str, Mapping[str, str]], Mapping[str, Any]]
"""Posts a form to the address of a token endpoint and gives its JSON."""


class KeyAuth(AuthBase):
    """A key that stays: bearer, basic, in a header or in the query."""

    def __init__(self, auth: Auth, secret: Secret, user: str = "") -> None:
        self._auth, self._secret, self._user = auth, secret, user

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, with who asks in it."""
        secret = self._secret.reveal()
        match self._auth.kind:
            case AuthKind.BEARER:
                request.headers["Authorization"] = f"Bearer {secret}"
            case AuthKind.BASIC:
                pair = base64.b64encode(f"{self._user}:{secret}".encode()).decode()
                request.headers["Authorization"] = f"Basic {pair}"
            case AuthKind.HEADER:
                request.headers[self._auth.name or "X-Api-Key"] = secret
            case _:
                request.prepare_url(str(request.url), {self._auth.name or "key": secret})
        return request


class NoAuth(AuthBase):
    """Nobody in particular asks. It stands there so that no ~/.netrc is looked into."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, with who asks in it."""
        return request


class TokenAuth(AuthBase):
    """An OAuth 2 access token, had for the secret and kept in memory alone.

    Source: RFC 6749 (client credentials, refresh token), RFC 7523 (signed by a service account).
    """

    def __init__(self, form: Callable[[], tuple[str, dict[str, str]]], fetch: Fetch) -> None:
        self._form, self._fetch = form, fetch
        self._token: Secret | None = None
        self._until = 0.0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, with who asks in it."""
        if self._token is None or time.monotonic() >= self._until:
            self.renew()
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return request

    def renew(self) -> None:
        """Get a new token. Errors: ApiAccessDenied and what `fetch` raises."""
        url, form = self._form()
        answer = self._fetch(url, form)
        self._token = Secret(str(answer["access_token"]))
        lasts = answer.get("expires_in")
        self._until = time.monotonic() + max((lasts if isinstance(lasts, int | float) else 3600) - _EARLY, 1)


def make_auth(name: str, auth: Auth, connection: ApiConnection | None, secrets: Secrets, fetch: Fetch) -> AuthBase:
    """What puts the secret into requests. Errors: ApiAccessDenied, when there is none."""
    if auth.kind is AuthKind.NONE:
        return NoAuth()
    if connection is None:
        raise ApiAccessDenied(name, "it asks for a secret, and no `connection` is named", hint="Name one.")
    secret = _found(name, connection.name, secrets)
    if auth.kind not in _GRANTS:
        return KeyAuth(auth, secret, connection.user or auth.user or "")
    if auth.kind is AuthKind.GOOGLE_SERVICE_ACCOUNT:
        return TokenAuth(lambda: _signed(name, secret, auth, connection), fetch)
    url, client_id = connection.oauth_url or auth.oauth_url, connection.client_id
    if not url or not client_id:
        hint = "Give both in the connection."
        raise ApiAccessDenied(name, "OAuth 2 needs `oauth_url` and `client_id`", hint=hint)
    if auth.kind is AuthKind.CLIENT_CREDENTIALS:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret.reveal()}
    else:
        client = _found(name, f"{connection.name}{CLIENT}", secrets)
        form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client.reveal(),
            "refresh_token": secret.reveal(),
        }
    if auth.scopes:
        form["scope"] = " ".join(auth.scopes)
    return TokenAuth(lambda: (url, dict(form)), fetch)


def _found(name: str, secret: str, secrets: Secrets) -> Secret:
    found = secrets.find(secret)
    if found is None:
        raise ApiAccessDenied(name, f"there is no secret {secret!r}", hint=secrets.where(secret))
    return found


def _signed(name: str, secret: Secret, auth: Auth, connection: ApiConnection) -> tuple[str, dict[str, str]]:
    """The request for a token that a Google service account signs with its key (RS256)."""
    hint = f"The secret {connection.name!r} must be the whole JSON key file of the service account."
    try:
        key = json.loads(secret.reveal())
        who, url = str(key["client_email"]), str(connection.oauth_url or auth.oauth_url or key["token_uri"])
        private = load_pem_private_key(str(key["private_key"]).encode(), password=None)
        key_id = str(key.get("private_key_id", ""))
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm):
        # What the parsers say repeats parts of the key.
        raise ApiAccessDenied(name, "the key of the service account can't be read", hint=hint) from None
    if not isinstance(private, RSAPrivateKey):
        raise ApiAccessDenied(name, "the key of the service account is not an RSA key", hint=hint)
    issued = int(time.time()) - _EARLY
    header = {"alg": "RS256", "typ": "JWT", "kid": key_id}
    claims = {"iss": who, "scope": " ".join(auth.scopes), "aud": url, "iat": issued, "exp": issued + _JWT_LIFE}
    text = f"{_part(header)}.{_part(claims)}"
    signature = private.sign(text.encode(), PKCS1v15(), SHA256())
    return url, {"grant_type": _JWT_GRANT, "assertion": f"{text}.{_url_safe(signature)}"}


def _part(value: Mapping[str, object]) -> str:
    return _url_safe(json.dumps(value, separators=(",", ":")).encode())


def _url_safe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
