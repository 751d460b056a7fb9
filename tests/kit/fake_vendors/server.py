"""A local HTTP server with a vendor behind it, and faults that come before the vendor's answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None


@dataclass
class Answer:
    """What is sent back: JSON, or `raw` bytes; `cut` sends that many bytes and hangs up, -1 none at all."""

    document: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None


Vendor = Callable[[Asked], Answer]


@dataclass
class Running:
    """A server that runs: where, what it was asked, and the faults that are still to come, one a request."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    faults: list[Answer | None] = field(default_factory=list)


@contextmanager
def served(vendor: Vendor, port: int = 0) -> Iterator[Running]:
    """Run the vendor on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
                body: Any = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            else:
                body = json.loads(raw) if raw else None
            asked = Asked(self.command, parts.path, query, dict(self.headers), body)
            running.asked.append(asked)
            fault = running.faults.pop(0) if running.faults else None
            self._send(vendor(asked) if fault is None else fault)

        def _send(self, answer: Answer) -> None:
            body = answer.raw if answer.raw is not None else json.dumps(answer.document).encode()
            if answer.cut == -1:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            known = {"Content-Type": "application/json", "Date": self.date_time_string()}
            headers = {**known, **answer.headers, "Content-Length": str(len(body))}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if answer.cut is None else body[: answer.cut])
            self.close_connection = answer.cut is not None

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    running = Running(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
