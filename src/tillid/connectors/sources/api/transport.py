"""Sends requests and gets whole answers: patient with what passes, strict on hosts, TLS and size, silent on secrets."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ssl import SSLSocket, cert_time_to_seconds
from typing import Any
from urllib.parse import urljoin, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import RequestException, SSLError
from urllib3.exceptions import HTTPError as TransferError

from tillid.connectors.sources.api.auth import NoAuth, TokenAuth
from tillid.connectors.sources.api.errors import (
    ApiAccessDenied,
    ApiAnswerUnreadable,
    ApiBusy,
    ApiError,
    ApiLeadsElsewhere,
    ApiRequestRefused,
    ApiUnreachable,
)
from tillid.connectors.sources.api.rows import ABSENT, at
from tillid.connectors.sources.api.waiting import LONGEST, TRIES, asked_to_wait, backed_off, paced, restored

LARGEST = 1 << 26
"""The most bytes that one answer may have."""
_TIMEOUT = (10.0, 60.0)
_CHUNK = 1 << 16
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# At level DEBUG it writes down whole addresses, with keys and with what was asked for.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class Transport(Session):
    """A session for one API, called `name` in errors, whose addresses all begin as `url` does.

    An answer that `send` gives is 2xx, whole, and JSON (`json` is taken apart once). `sleep` waits some seconds.
    `per_second` is the most requests sent. With `any_content`, an answer need not be JSON. Errors: subclasses of
    ApiError.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        per_second: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
        any_content: bool = False,
    ) -> None:
        super().__init__()
        self._any_content = any_content
        self._name, self._home, self._sleep = name, _origin(name, url), sleep
        self._gap = 1 / per_second if per_second else 0.0
        self._wait, self._sent_at = 0.0, 0.0
        self.who: AuthBase = NoAuth()
        self.headers_had: Mapping[str, str] = {}
        self.certificate_ends: datetime | None = None
        self.headers["User-Agent"] = "tillid"
        for scheme in ("http://", "https://"):
            self.mount(scheme, HTTPAdapter(max_retries=0))

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send, and again while what is wrong may pass by itself."""
        self._check_home(request)
        renewed = tries = 0
        while True:
            response = self._tried(request, tries, kwargs)
            wait = None if response is None else self._wait_after(response, tries)
            if response is not None and wait is None:
                if response.status_code == 401 and isinstance(self.who, TokenAuth) and not renewed:
                    renewed = 1
                    self.who.renew()
                    request = self.who(request)
                    continue
                return self._taken(response)
            tries += 1
            self._sleep(backed_off(tries - 1) if wait is None else wait)

    def _tried(self, request: PreparedRequest, tries: int, kwargs: Mapping[str, Any]) -> Response | None:
        """The answer with its whole body, or None where the connection failed and can be tried again."""
        since = time.monotonic() - self._sent_at
        if (pause := max(self._wait, self._gap - since if self._sent_at else 0.0)) > 0:
            self._sleep(min(pause, LONGEST))
        self._wait, self._sent_at = 0.0, time.monotonic()
        try:
            response = self._followed(request, kwargs)
            response._content = self._body(response)
        except SSLError:
            hint = "It is never switched off. A certificate of your own goes into REQUESTS_CA_BUNDLE."
            raise ApiUnreachable(self._name, "its TLS certificate can't be verified", hint=hint) from None
        except (RequestException, TransferError) as error:
            # The text of these holds the address, and with it what was asked for.
            what = "no connection" if isinstance(error, NoConnection) else "the connection broke off"
            if tries + 1 >= TRIES:
                raise ApiUnreachable(self._name, f"{what}, {TRIES} times") from None
            return None
        return response

    def _followed(self, request: PreparedRequest, kwargs: Mapping[str, Any]) -> Response:
        told = {**kwargs, "stream": True, "allow_redirects": False, "timeout": _TIMEOUT}
        told["verify"] = told.get("verify") or True
        for _ in range(_MOST_REDIRECTS):
            response = super().send(request, **told)
            self.headers_had, self.certificate_ends = response.headers, _certificate_ends(response)
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            target = urljoin(str(request.url), response.headers["Location"])
            if _origin(self._name, target) != self._home:
                raise ApiLeadsElsewhere(self._name, "a redirect", _host(target))
            if request.method != "GET" and response.status_code not in (307, 308):
                raise ApiRequestRefused(self._name, "it redirects a POST to another path")
            request = request.copy()
            request.url = target
        raise ApiRequestRefused(self._name, "it redirects in a circle")

    def _check_home(self, request: PreparedRequest) -> None:
        if _origin(self._name, str(request.url)) != self._home:
            raise ApiLeadsElsewhere(self._name, "the next page", _host(str(request.url)))
        scheme, host, _ = self._home
        if scheme != "https" and host not in _LOOPBACK and not isinstance(self.who, NoAuth):
            raise ApiAccessDenied(self._name, "a secret is not sent over http", hint="Write https in `url`.")

    def _body(self, response: Response) -> bytes:
        parts, size = [], 0
        with response:
            for part in response.raw.stream(_CHUNK, decode_content=True):
                size += len(part)
                if size > LARGEST:
                    hint = "Ask for smaller pages (`pages: size`)."
                    raise ApiAnswerUnreadable(self._name, f"an answer is larger than {LARGEST >> 20} MB", hint=hint)
                parts.append(part)
        return b"".join(parts)

    def _wait_after(self, response: Response, tries: int) -> float | None:
        """The seconds after which to try again, or None where this answer is the one."""
        throttled = response.ok and _is_throttled(response)
        if response.status_code not in _PASSING and not throttled:
            return None
        wait = asked_to_wait(response.headers)
        if wait is None:
            wait = max(restored(document_of(response)), backed_off(tries)) if throttled else backed_off(tries)
        what = f"HTTP {response.status_code}"
        if wait > LONGEST:
            raise ApiBusy(self._name, f"it asks to wait {round(wait)} seconds ({what})")
        if tries + 1 >= TRIES:
            raise ApiBusy(self._name, f"it answered {what}, {TRIES} times")
        return wait

    def _taken(self, response: Response) -> Response:
        code = response.status_code
        if code in (401, 403):
            raise self._denied(code)
        if not response.ok:
            raise ApiRequestRefused(self._name, f"it refuses the request: HTTP {code}")
        document = document_of(response)
        if document is None and self._any_content:
            return response
        if document is None:
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip() or "no type"
            hint = "Is `url` that of the API, and not of a page to sign in at?"
            raise ApiAnswerUnreadable(self._name, f"the answer is not JSON but {kind}", hint=hint)
        errors = at(document, "errors")
        if isinstance(errors, list) and errors and at(errors[0], "message") is not ABSENT:
            raise _graphql(self._name, errors)
        self._wait = paced(response.headers, document)
        response.json = lambda **_: document  # type: ignore[method-assign]
        return response

    def _denied(self, code: int) -> ApiError:
        if code == 403:
            hint = "Whoever made the secret must give it the right to read this (a scope or role)."
            return ApiAccessDenied(self._name, "the secret may not read this (HTTP 403)", hint=hint)
        hint = "Make a new one at the vendor and put it in the place of the former."
        return ApiAccessDenied(self._name, "the secret is wrong, expired or withdrawn (HTTP 401)", hint=hint)


def fetch_token(name: str, sleep: Callable[[float], None], url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    """The answer of a token endpoint. Errors: ApiAccessDenied, and those of `Transport`."""
    session = Transport(name, url, sleep=sleep)
    scheme, host, _ = _origin(name, url)
    if scheme != "https" and host not in _LOOPBACK:
        raise ApiAccessDenied(name, "a secret is not sent over http", hint="Write https in `oauth_url`.")
    try:
        answer = session.post(url, data=dict(form), auth=NoAuth()).json()
    except (ApiRequestRefused, ApiAccessDenied):
        hint = "Sign in at the vendor again, and put the new secret in the place of the former."
        raise ApiAccessDenied(name, "it gives no token for the secret: expired or withdrawn", hint=hint) from None
    if not isinstance(answer, Mapping) or not isinstance(answer.get("access_token"), str):
        raise ApiAnswerUnreadable(name, "the token endpoint answered without a token", hint="Check `oauth_url`.")
    return answer


def _graphql(name: str, errors: list[object]) -> ApiError:
    # Their messages may repeat what was asked for; their codes are words of the API.
    codes = sorted({str(code) for error in errors if isinstance(code := at(error, "extensions.code"), str)})
    if "ACCESS_DENIED" in codes:
        hint = "Whoever made the secret must give it the right to read this (a scope)."
        return ApiAccessDenied(name, "the secret may not read a field that is asked for", hint=hint)
    return ApiRequestRefused(name, f"it refuses the query: {', '.join(codes) or 'without a code'}")


def _is_throttled(response: Response) -> bool:
    errors = at(document_of(response), "errors")
    return isinstance(errors, list) and any(at(error, "extensions.code") == "THROTTLED" for error in errors)


def document_of(response: Response) -> Any:
    """The JSON of the answer, None where it is none; taken apart once, since an answer may be large."""
    kept = vars(response)
    if "document" not in kept:
        try:
            kept["document"] = json.loads(response.content)
        except (ValueError, RecursionError):
            kept["document"] = None
    return kept["document"]


def _certificate_ends(response: Response) -> datetime | None:
    """When the certificate ends of the connection that an answer comes over, as long as that is open."""
    socket = getattr(getattr(response.raw, "connection", None), "sock", None)
    held = socket.getpeercert() if isinstance(socket, SSLSocket) else None
    end = str((held or {}).get("notAfter", ""))
    return datetime.fromtimestamp(cert_time_to_seconds(end), UTC) if end else None


def _origin(name: str, url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiRequestRefused(name, "its address is no http or https URL")
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _host(url: str) -> str:
    return urlsplit(url).hostname or "none"
