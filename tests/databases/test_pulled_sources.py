"""What the verbs say of a source that is pulled: mistakes, plan, doctor, drafts, and columns that come and go."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shop_tables import KUNDER, MORNING, ORDRER, Database, Shop, customer, order
from small_projects import notes

from tillid.cli.main import answer
from tillid.connectors.sources import database_cursor
from tillid.pipeline.errors import FileChanged, SourceShrank
from tillid.pipeline.project.load import load_project
from tillid.stages.ingest.errors import ColumnMissing

SECRET = "hunter2"


def said(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    answer([*words, "--project", str(shop.project.folder), "--as", "ole", "--json"])
    return json.loads(capsys.readouterr().out)


def shop_of(tmp_path: Path, database: Database, **sources: str) -> Shop:
    return Shop(tmp_path / "p", database, sources)


def test_columns_that_come_go_and_change_are_told(database: Database, tmp_path: Path) -> None:
    shop = shop_of(tmp_path, database, crm=KUNDER % {"more": ", cursor: ændret"})
    shop.put(shop.customers, customer(1))
    assert shop.run().findings == ()
    shop.say('alter table kunder add column "Køn" varchar(10)')
    shop.put(shop.customers, customer(2, at=MORNING + timedelta(hours=1)))
    found = shop.run().findings
    assert found == (
        "crm: new since the last load: column Køn",
        "crm: kept out, since no data category is given: Køn",
    )
    assert shop.run().findings == found[1:], "still kept out, and no longer new"
    shop.say('alter table kunder drop column "Køn"')
    assert "crm: gone since the last load: column Køn" in shop.run().findings
    shop.say('alter table kunder rename column "By" to "Byen"')
    with shop.database.owner().begin() as connection:
        connection.exec_driver_sql("update kunder set ændret = '2025-12-01 00:00:00.000000'")
    with pytest.raises(ColumnMissing, match=r"'By' not in the table.*Did you mean 'Byen'"):
        shop.run()


def test_another_type_is_told(database: Database, tmp_path: Path) -> None:
    shop = shop_of(tmp_path, database, crm=KUNDER % {"more": ""})
    shop.put(shop.customers, customer(1))
    shop.run()
    shop.say('alter table kunder drop column "By"')
    shop.say('alter table kunder add column "By" integer')
    assert "crm: the type of column By changed from VARCHAR(40) to INTEGER" in shop.run().findings


def test_another_definition_reads_all_anew_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    shop.put(shop.orders, order(1), order(2))
    shop.run()
    shop.project.put("sources/orders.yml", ORDRER % {"cursor": "bestilt", "more": ""})
    assert shop.run().events == 2
    assert shop.events() == ["1", "2"]
    shop.remove(shop.orders, 1)
    assert shop.run().events == 2, "what happened is kept when the table forgets it"
    shop.project.put("sources/orders.yml", ORDRER % {"cursor": "nr", "more": ", lag: 5"})
    with pytest.raises(SourceShrank, match="1 rows to read anew"):
        shop.run()
    assert shop.events() == ["1", "2"]


def test_rows_too_many_to_note_come_once_by_their_key(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_cursor, "MOST_NEAR", 2)
    keyed = ORDRER + "key: order_no\n"
    shop = shop_of(tmp_path, database, orders=keyed % {"cursor": "bestilt", "more": ""})
    shop.put(shop.orders, *(order(nr) for nr in range(5)))
    shop.run()
    shop.put(shop.orders, order(5))
    report = shop.run()
    assert (report.sources["orders"].read, report.events) == (6, 6), "all are read again, and one is new"
    shop.project.put("sources/orders.yml", keyed % {"cursor": "nr", "more": ""})
    assert shop.run().events == 6
    assert shop.events() == [str(nr) for nr in range(6)]


THINGS = """
kind: things
database: {connection: butik, table: kunder, cursor: ændret, deleted: slettet}
key: number
columns:
  Nr: {name: number, type: integer, category: user.behavior}
  By: {name: city, type: text, category: user.behavior, required: true}
ignore: [E-mail, ændret, slettet]
"""


def test_things_that_are_marked_are_gone_and_may_come_back(database: Database, tmp_path: Path) -> None:
    shop = shop_of(tmp_path, database, shops=THINGS)
    shop.put(shop.customers, customer(1), customer(2))
    shop.run()
    for hours, gone, held in ((1, True, [1]), (2, False, [1, 2])):
        shop.change(
            shop.customers, 2, slettet=gone, By=None if gone else "Ribe", ændret=MORNING + timedelta(hours=hours)
        )
        assert shop.run().sources["shops"].refused == 0
        assert sorted(row["number"] for row in shop.project.sql("select number from shops")) == held


def test_events_of_files_are_not_lost_to_a_table(database: Database, tmp_path: Path) -> None:
    from_files = ORDRER.replace(
        "database: {connection: butik, table: ordrer, cursor: %(cursor)s%(more)s}", "files: data/*.csv"
    )
    shop = shop_of(tmp_path, database, orders=from_files)
    shop.project.put("data/a.csv", "kunde,bestilt,beløb,nr\n1,2025-11-01,5.00,900\n")
    assert shop.run().events == 1
    shop.project.put("sources/orders.yml", ORDRER % {"cursor": "nr", "more": ""})
    with pytest.raises(FileChanged, match=r"data/a.csv, which cannot be read anew from database:butik/ordrer"):
        shop.run()


def test_refused_rows_name_the_table_and_come_once(database: Database, tmp_path: Path) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    shop.put(shop.orders, order(1), order(2, at=None), order(3))  # type: ignore[arg-type]
    for _ in range(3):
        shop.run()
    (refused,) = shop.project.refused()
    assert (refused["file"], refused["line"], refused["column_name"]) == ("database:butik/ordrer", 2, "bestilt")
    assert notes(shop.project.folder)["files"]["orders"]["database:butik/ordrer"]["number"] == 1


def test_plan_doctor_and_run_speak_of_the_table(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    shop.put(shop.orders, order(1))
    name = "database:butik/ordrer"
    nothing = {"changed": [], "unchanged": [], "gone": [], "waiting": []}
    assert said(shop, capsys, "plan")["sources"]["orders"] == nothing | {"new": [name], "to_read": [name]}
    shop.run()
    assert said(shop, capsys, "plan")["sources"]["orders"]["changed"] == [name]
    checks = {check["name"]: check for check in said(shop, capsys, "doctor")["checks"]}
    assert checks["orders"] == {"name": "orders", "state": "ok", "found": f"{name}: 4 columns", "hint": ""}
    shop.say("alter table ordrer rename to ordre")
    checks = {check["name"]: check for check in said(shop, capsys, "doctor")["checks"]}
    assert checks["orders"]["state"] == "fail"
    assert "Did you mean 'ordre'" in checks["orders"]["hint"]


def test_an_extra_that_is_not_installed_is_named(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    monkeypatch.setitem(sys.modules, "dlt", None)
    for words in (["run"], ["suggest", "database:butik/kunder"]):
        error = said(shop, capsys, *words)["error"]
        assert (error["kind"], "tillid[databases]" in error["hint"]) == ("DriverMissing", True)


def test_a_table_is_drafted(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = shop_of(tmp_path, database)
    shop.put(shop.customers, customer(1), customer(2))
    draft = said(shop, capsys, "suggest", "database:butik/kunder")
    assert "database: {connection: butik, table: kunder}" in draft["text"]
    assert draft["name"] == "kunder"
    assert [c["header"] for c in draft["columns"]] == ["Nr", "E-mail", "By", "ændret", "slettet"]
    assert "example.com" not in draft["text"]
    wrong = said(shop, capsys, "suggest", "database:butk/kunder")
    assert "Did you mean 'butik'" in wrong["error"]["hint"]


MISTAKES = {
    "password: hunter2": "`password` holds a secret",
    "Passwd: hunter2": "`Passwd` holds a secret",
    "url: postgresql://ejer:hunter2@db/butik": "`url` holds a secret",
    "host: ejer:hunter2@db": "`host` must be a host name",
    "user: ejer:hunter2": "`user` must be the name of the user alone",
    "database: postgresql://ejer:hunter2@db/butik": "`database` holds a secret",
    "options: {sslmode: require, sslpassword: hunter2}": "`sslpassword` holds a secret",
    "options: {odbc_connect: 'Driver=x;PWD=hunter2'}": "`odbc_connect` holds a secret",
    "options: {service: 'x?token=hunter2'}": "`service` holds a secret",
    "token: hunter2": "`token` holds a secret",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_secret_in_a_project_is_refused_with_file_and_line(database: Database, tmp_path: Path, line: str) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    tillid = shop.project.folder / "tillid.yml"
    head = tillid.read_text().partition("connections:")[0]
    tillid.write_text(f"{head}connections:\n  butik:\n    driver: postgresql\n    {line}\n")
    _, findings = load_project(shop.project.folder)
    place = head.count("\n") + 4
    assert [(f.file, f.line) for f in findings if MISTAKES[line] in f.message] == [("tillid.yml", place)]
    assert SECRET not in "".join(map(str, findings))


WRONG = {
    "database: {connection: butk, table: ordrer, cursor: nr}": "did you mean `butik`",
    "database: {connection: 'pg://ejer:hunter2@db', table: ordrer, cursor: nr}": "`connection` must be a name",
    "database: {connection: butik, table: 'pg://ejer:hunter2@db/x', cursor: nr}": "`table` must be the name of a table",
    "database: {connection: butik, table: ordrer, cursor: nr, query: select 1}": "unknown key `query`",
    "database: {connection: butik, table: ordrer}": "'cursor' is missing",
    "database: {connection: butik, table: ordrer, cursor: nr, lag: 3 weeks}": "`lag` must be a time such as 10 minutes",
    "database: {connection: butik, table: ordrer, cursor: nr, deleted: x}": "'deleted' is for people, things",
    "database: {connection: butik, table: ordrer, lag: 5}": "'lag' needs a 'cursor'",
    "load: snapshot\ndatabase: {connection: butik, table: ordrer, cursor: nr}": "without a cursor",
    "separator: ';'\ndatabase: {connection: butik, table: ordrer, cursor: nr}": "'separator' is for files",
    "files: data/x.csv\ndatabase: {connection: butik, table: ordrer, cursor: nr}": "`database` beside `files`",
    "": "one of these keys is missing: files, database",
}


@pytest.mark.parametrize("lines", WRONG)
def test_a_mistake_in_a_definition_is_said(database: Database, tmp_path: Path, lines: str) -> None:
    shop = shop_of(tmp_path, database, orders=ORDRER % {"cursor": "nr", "more": ""})
    shop.project.put(
        "sources/orders.yml",
        f"{lines}\n" + ORDRER.replace("database: {connection: butik, table: ordrer, cursor: %(cursor)s%(more)s}\n", ""),
    )
    _, findings = load_project(shop.project.folder)
    assert any(WRONG[lines] in finding.message for finding in findings), findings
    assert SECRET not in "".join(map(str, findings))
