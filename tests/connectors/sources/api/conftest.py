"""A ready or hand-written source of an API, pointed at a server of the test, that notes its waits and never sleeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tillid.connectors.sources.api.source import ApiRequest, ApiSource
from tillid.pipeline.project.ready import completed
from tillid.pipeline.project.yaml_nodes import Document
from tillid.ports.api import ApiConnection
from tillid.ports.pulled import Cursor
from tillid.ports.secrets import Secret
from tillid.stages.ingest.definitions import Load, SourceDefinition

OWN = """
kind: people
key: nr
columns:
  nr: {name: nr, type: text, category: user.unique_id, identifier: customer_no}
  mail: {name: mail, type: text, category: user.contact.email, identifier: email}
"""


class Told:
    """Secrets by name."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self._secrets = secrets

    def find(self, name: str) -> Secret | None:
        found = self._secrets.get(name)
        return None if found is None else Secret(found)

    def where(self, name: str) -> str:
        return f"Put it in TILLID_SECRET_{name.upper()}"


class Asking:
    """Makes sources; `waits` are the seconds that they would have slept."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def ready(self, name: str, url: str, *, secret: str = "", user: str | None = None, **api: Any) -> ApiSource:
        """The source that a ready definition makes, with `api` as a user's own keys."""
        own = {"ready": name, "api": {"connection": "shop", **api}}
        return self._made(completed(Document("s.yml", own, {})).value, ApiConnection("shop", url, user), secret)

    def own(self, url: str, *, secret: str = "", oauth: bool = False, only: str = OWN, **api: Any) -> ApiSource:
        """The source of an API that nobody described before."""
        connection = ApiConnection("shop", url, "ida", "client-1" if oauth else None, f"{url}/token" if oauth else None)
        said = {**yaml.safe_load(only), "api": {"connection": "shop", "path": "/v1/people", **api}}
        return self._made(said, connection, secret)

    def _made(self, said: Any, connection: ApiConnection, secret: str) -> ApiSource:
        source = SourceDefinition.from_mapping("s", said)
        assert source.api is not None
        key = (source.column(source.key).header,) if source.key and source.load is Load.APPEND else ()
        request = ApiRequest(source.api, connection, frozenset(source.headers), key)
        secrets = {"shop": secret, "shop_client": "client-secret"} if secret else {}
        return ApiSource(request, Told(secrets), sleep=self.waits.append)


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def pulled() -> Callable[..., Any]:
    """The rows of a pull, those that are gone, and the cursor that it reached."""

    def read(source: ApiSource, since: Cursor | None = None) -> Any:
        batches = list(source.pull(since))
        rows = [row for batch in batches for row in batch.rows.table.to_pylist()]
        gone = [row for batch in batches if batch.gone for row in batch.gone.table.to_pylist()]
        return rows, gone, batches[-1].reached

    return read
