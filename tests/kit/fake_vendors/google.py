"""Google Analytics' Data API and the token endpoint that a service account or a refresh token asks."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from fake_vendors.server import Answer, Asked

REFRESH = "1//made-up-refresh"


class Google:
    """A property with rows of a report: date, channel, source, medium → metrics as text."""

    def __init__(self, rows: list[tuple[tuple[str, ...], tuple[str, ...]]], page: int = 2) -> None:
        self.rows, self.page = rows, page
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.tokens: list[str] = []
        self.is_withdrawn = False

    def key_file(self, url: str) -> str:
        """What a service account's key file holds."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps(
            {
                "type": "service_account",
                "client_email": "reader@made-up.iam.example",
                "private_key_id": "k1",
                "private_key": pem.decode(),
                "token_uri": f"{url}/token",
            }
        )

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            return self._token(asked)
        if asked.headers.get("Authorization") != f"Bearer {self.tokens[-1] if self.tokens else ''}":
            return Answer({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, 401)
        if asked.path != "/v1beta/properties/4711:runReport":
            return Answer({"error": {"code": 404}}, 404)
        return Answer(self._report(asked.body))

    def _token(self, asked: Asked) -> Answer:
        form = asked.body
        if form["grant_type"] == "refresh_token":
            is_good = form["refresh_token"] == REFRESH and not self.is_withdrawn
        else:
            head, claims, signature = form["assertion"].split(".")
            self.key.public_key().verify(_bytes(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
            told = json.loads(_bytes(claims))
            is_good = told["exp"] - told["iat"] <= 3600 and "analytics.readonly" in told["scope"]
        if not is_good:
            return Answer({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
        self.tokens.append(f"ya29.{len(self.tokens)}")
        return Answer({"access_token": self.tokens[-1], "expires_in": 3599, "token_type": "Bearer"})

    def _report(self, body: Any) -> Any:
        start = body["dateRanges"][0]["startDate"].replace("-", "")
        found = [row for row in self.rows if row[0][0] >= start]
        offset, limit = int(body.get("offset", 0)), min(int(body.get("limit", 10000)), self.page)
        rows = [
            {"dimensionValues": [{"value": v} for v in dims], "metricValues": [{"value": v} for v in metrics]}
            for dims, metrics in found[offset : offset + limit]
        ]
        answer: dict[str, Any] = {
            "dimensionHeaders": [{"name": one["name"]} for one in body["dimensions"]],
            "metricHeaders": [{"name": one["name"], "type": "TYPE_INTEGER"} for one in body["metrics"]],
            "metadata": {"currencyCode": "DKK", "timeZone": "Europe/Copenhagen"},
            "kind": "analyticsData#runReport",
        }
        # Without rows there is neither.
        return answer | ({"rows": rows, "rowCount": len(found)} if rows else {})


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
