"""tillid doctor of APIs: whether it lets us in, its clock, what its limit leaves, and when its certificate ends."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from fake_vendors import shopify
from fake_vendors.server import Answer, Asked, served
from small_projects import TILLID, SmallProject

from tillid.cli.main import answer

PEOPLE = """
kind: people
key: customer_no
data_subject: customer
collected_for: [analytics, linking]
api: {connection: shop, path: /people, auth: {by: bearer}}
columns:
  no: {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
"""
SECRET = "made-up-7f3a"


def examined(made: SmallProject, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer(["doctor", "--project", str(made.folder), "--as", "ole", "--json"])
    out = capsys.readouterr().out
    assert SECRET not in out
    assert "example.com" not in out
    return {check["name"]: check for check in json.loads(out)["checks"]}


def project(folder: Path, url: str) -> SmallProject:
    connections = f"connections:\n  shop: {{url: {url}}}\n"
    return SmallProject(folder, {"tillid.yml": TILLID + connections, "sources/crm.yml": PEOPLE})


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLID_SECRET_SHOP", SECRET)


def answering(**headers: str) -> Any:
    def people(asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {SECRET}":
            return Answer({"status": 401}, 401)
        return Answer([{"no": "1", "mail": "ida@example.com"}], headers=headers)

    return people


@pytest.mark.parametrize(("minutes", "state"), [(0, "ok"), (-30, "warn"), (30, "warn")])
def test_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str], minutes: int, state: str) -> None:
    there = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    with served(answering(Date=there)) as server:
        checks = examined(project(tmp_path, server.url), capsys)
    assert checks["crm"]["state"] == "ok"
    assert checks["crm clock"]["state"] == state
    assert ("NTP" in checks["crm clock"]["hint"]) == (state == "warn")


@pytest.mark.parametrize(
    ("headers", "found", "state"),
    [
        ({"X-RateLimit-Remaining": "2", "X-RateLimit-Limit": "100"}, "2 of 100 requests are left", "warn"),
        ({"RateLimit-Remaining": "70", "RateLimit-Limit": "100"}, "70 of 100 requests are left", "ok"),
        ({"X-Shopify-Shop-Api-Call-Limit": "40/40"}, "0 of 40 requests are left", "warn"),
    ],
)
def test_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], headers: dict[str, str], found: str, state: str
) -> None:
    with served(answering(**headers)) as server:
        check = examined(project(tmp_path, server.url), capsys)["crm limit"]
    assert (check["found"], check["state"]) == (found, state)


def test_secret_that_is_wrong_and_server_that_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(answering()) as server:
        monkeypatch.setenv("TILLID_SECRET_SHOP", "wrong")
        made = project(tmp_path, server.url)
        check = examined(made, capsys)["crm"]
        assert check["state"] == "fail"
        assert "HTTP 401" in check["found"]
        assert check["hint"]
    monkeypatch.setattr("tillid.connectors.sources.api.transport.TRIES", 1)
    check = examined(made, capsys)["crm"]
    assert (check["state"], "no connection" in check["found"]) == ("fail", True)


def test_shopify_tells_what_its_queries_may_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLID_SECRET_SHOP", shopify.TOKEN)
    shop = shopify.Shopify(orders=[shopify.order(1, "2026-01-01T10:00:00Z")])
    with served(shop) as server:
        made = project(tmp_path, server.url)
        made.put("sources/crm.yml", "ready: shopify_orders\napi: {connection: shop}\ncollected_for: [analytics]\n")
        checks = examined(made, capsys)
    assert checks["crm clock"]["state"] == "ok"


def certificate(folder: Path, days: int) -> Path:
    """A certificate of 127.0.0.1 that it signed itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + pem)
    return path


@pytest.fixture
def over_tls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path, int]]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = b'[{"no": "1"}]'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    path = certificate(tmp_path, request.param)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", path, request.param
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("over_tls", [9, 300], indirect=True)
def test_certificate_that_ends_soon(
    over_tls: tuple[str, Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, path, days = over_tls
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    check = examined(project(tmp_path / "p", url), capsys)["crm certificate"]
    assert check["state"] == ("warn" if days < 21 else "ok")
    assert f"in {days} days" in check["found"]


@pytest.mark.parametrize("over_tls", [300], indirect=True)
def test_certificate_that_nobody_vouches_for(
    over_tls: tuple[str, Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = examined(project(tmp_path / "p", over_tls[0]), capsys)["crm"]
    assert (check["state"], "REQUESTS_CA_BUNDLE" in check["hint"]) == ("fail", True)
