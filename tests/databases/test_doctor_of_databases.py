"""tillid doctor of real databases: the cursor and its index, the clock, who is let in; and drafts that load."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shop_tables import ORDRER, Database, Shop, customer, order

from tillid.cli.main import answer
from tillid.connectors.sources import database_notice
from tillid.pipeline.project.load import load_project
from tillid.pipeline.suggest import suggest

every = pytest.mark.parametrize("database", ["sqlite", "postgresql", "mariadb"], indirect=True)
both_servers = pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)


def examined(shop: Shop, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    answer(["doctor", "--project", str(shop.project.folder), "--as", "ole", "--json"])
    out = capsys.readouterr().out
    return {check["name"]: check for check in json.loads(out)["checks"]}, out


@every
def test_cursor_without_an_index_is_told(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {"orders": ORDRER % {"cursor": "nr", "more": ""}, "late": ORDRER % {"cursor": "bestilt", "more": ""}}
    shop = Shop(tmp_path / "p", database, sources)
    shop.put(shop.orders, order(1))
    checks, _ = examined(shop, capsys)
    assert (checks["orders"]["state"], checks["orders cursor"]["state"]) == ("ok", "ok")
    assert checks["late cursor"]["state"] == "warn"
    assert "bestilt is there, and no index begins with it" in checks["late cursor"]["found"]
    shop.say("create index om on ordrer (bestilt, nr)")
    checks, _ = examined(shop, capsys)
    assert checks["late cursor"]["state"] == "ok"


@every
def test_cursor_that_is_not_there_and_view(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ORDRER % {"cursor": "bestlt", "more": ""}
    view = (ORDRER % {"cursor": "nr", "more": ""}).replace("table: ordrer", "table: seen")
    shop = Shop(tmp_path / "p", database, {"orders": wrong, "seen": view})
    shop.say("create view seen as select * from ordrer")
    checks, _ = examined(shop, capsys)
    assert checks["orders"]["state"] == "fail"
    assert "Did you mean 'bestilt'" in checks["orders"]["hint"]
    assert "behind the view" in checks["seen cursor"]["found"]


@both_servers
def test_clock_that_goes_wrong_and_secret_that_is_wrong(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": "nr", "more": ""}})
    checks, _ = examined(shop, capsys)
    assert (checks["orders clock"]["found"], checks["orders clock"]["state"]) == ("as here", "ok")

    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(minutes=10)

    monkeypatch.setattr(database_notice, "datetime", Late)
    monkeypatch.setattr(database_notice, "isinstance", lambda value, _: value is not None, raising=False)
    checks, _ = examined(shop, capsys)
    assert checks["orders clock"]["state"] == "warn"
    assert "behind this machine" in checks["orders clock"]["found"]
    assert "NTP" in checks["orders clock"]["hint"]
    monkeypatch.setenv("TILLID_SECRET_BUTIK", "wrong-hunter2")
    checks, out = examined(shop, capsys)
    assert checks["orders"]["state"] == "fail"
    assert "does not let us in" in checks["orders"]["found"]
    assert "hunter2" not in out


@both_servers
def test_connection_that_others_can_listen_to(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": "nr", "more": ""}})
    checks, _ = examined(shop, capsys)
    assert "orders encryption" not in checks, "what stays on this machine needs none"
    monkeypatch.setattr(database_notice, "_HERE", ())
    checks, _ = examined(shop, capsys)
    assert checks["orders encryption"]["state"] == "warn"
    assert "options:" in checks["orders encryption"]["hint"]


@every
def test_draft_of_a_table_loads_when_it_is_finished(database: Database, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", database, {})
    shop.put(shop.customers, customer(1), customer(2, "Odense"), customer(3))
    draft = suggest(shop.project.folder, "ole", "database:butik/kunder")
    assert "collected_for: []" in draft.text
    assert "example.com" not in draft.text
    text = draft.text.replace("collected_for: []", "collected_for: [analytics, linking]")
    shop.project.put("sources/kunder.yml", text)
    _, findings = load_project(shop.project.folder)
    assert not findings
    shop.run()
    assert len(shop.project.sql("select email from kunder where valid_to is null")) == 3
