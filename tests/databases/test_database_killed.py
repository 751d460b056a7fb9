"""A database that dies in the middle of a load, and comes back: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from database_servers import PASSWORD, Server
from shop_tables import KUNDER, MORNING, ORDRER, Shop, customer, order
from small_projects import notes, stored

from tillid.connectors.sources import database_rows
from tillid.connectors.sources.errors import PullCut, SourceUnreachable

both_servers = pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
ROWS = 60_000


def fill(shop: Shop, first: int, last: int) -> None:
    shop.put(shop.orders, *(order(nr, MORNING + timedelta(seconds=nr // 3)) for nr in range(first, last)))


@both_servers
def test_a_server_killed_in_the_middle_of_a_load(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": "bestilt", "more": ""}})
    fill(shop, 0, 1_000)
    shop.run()
    before, cursor = stored(shop.project.folder), notes(shop.project.folder)["files"]["orders"]
    fill(shop, 1_000, ROWS)
    monkeypatch.setattr(database_rows, "CHUNK_ROWS", 500)
    killed = []

    def batch_of(*args: object) -> object:
        killed.append(len(killed))
        if len(killed) == 10:
            database.kill()
        return usual(*args)  # type: ignore[arg-type]

    usual = database_rows.batch_of
    monkeypatch.setattr("tillid.connectors.sources.database.batch_of", batch_of)
    with pytest.raises(PullCut, match="connection was lost after"):
        shop.run()
    monkeypatch.setattr("tillid.connectors.sources.database.batch_of", usual)
    assert stored(shop.project.folder) == before, "nothing of a load that was cut off is held"
    assert notes(shop.project.folder)["files"]["orders"] == cursor
    monkeypatch.setattr("tenacity.nap.sleep", lambda _: None)
    monkeypatch.setattr("tillid.connectors.sources.database_engine.ATTEMPTS", 1)
    with pytest.raises(SourceUnreachable, match="does not answer"):
        shop.run()
    assert stored(shop.project.folder) == before
    database.start()
    assert shop.run().events == ROWS
    assert sorted(map(int, shop.events())) == list(range(ROWS))
    assert shop.run().events == ROWS


@both_servers
def test_a_run_that_is_killed_takes_up_from_the_former_cursor(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after the rows were taken fails: the cursor is not moved on without them."""
    sources = {
        "orders": ORDRER % {"cursor": "nr", "more": ""},
        "crm": KUNDER % {"more": ", cursor: ændret, deleted: slettet"},
    }
    shop = Shop(tmp_path / "p", database, sources)
    shop.put(shop.customers, customer(1), customer(2))
    fill(shop, 0, 10)
    shop.run()
    shop.put(shop.customers, customer(3))
    shop.change(shop.customers, 1, slettet=True, ændret=MORNING + timedelta(hours=2))
    fill(shop, 10, 20)

    def torn(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tillid.pipeline.run.derive", torn)
        with pytest.raises(KeyboardInterrupt):
            shop.run()
    assert len(shop.events()) == 10
    assert shop.run().events == 20
    assert sorted(map(int, shop.events())) == list(range(20))
    assert shop.held() == [("2", "Århus"), ("3", "Århus")]


@both_servers
def test_the_secret_and_the_rows_are_written_nowhere_else(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "DLT_DATA_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.chdir(home)
    shop = Shop(tmp_path / "p", database, {"crm": KUNDER % {"more": ", cursor: ændret"}})
    shop.put(shop.customers, *(customer(nr, "Hemmeligby") for nr in range(200)))
    shop.run()
    shop.put(shop.customers, customer(1000, "Hemmeligby"))
    shop.run()
    shop.say("drop table kunder")
    with pytest.raises(Exception, match="no table"):
        shop.run()
    said = "".join(capfd.readouterr())
    assert [path for path in home.rglob("*") if path.is_file()] == []
    for path in (tmp_path / "p").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert PASSWORD.encode() not in content, path
        if "store.duckdb" not in path.name:
            assert b"Hemmeligby" not in content, path
            assert b"k1000@example.com" not in content, path
    assert PASSWORD not in said
    assert "Hemmeligby" not in said
