"""Files on other machines through whole runs: what is new or changed is read, once, and nothing stays behind."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from remote_projects import ORDER, PEOPLE, items, left_behind, order, project
from remote_servers import S3Server, Sshd
from small_projects import CRM_HEAD, ORDERS_HEAD, SmallProject, notes, stored

from tillid.connectors.sources.errors import FileMissing, LimitExceeded
from tillid.connectors.sources.remote import source as remote_source
from tillid.pipeline.errors import NotDefined
from tillid.pipeline.plan import plan
from tillid.pipeline.suggest import suggest
from tillid.pipeline.wiring import _storage
from tillid.ports.errors import FileUnsettled


def planned(made: SmallProject, source: str = "orders") -> dict[str, list[str]]:
    with made.opened() as workspace:
        return plan(workspace).sources[source].as_dict()


def test_first_load_new_changed_and_deleted_files(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER, crm=PEOPLE)
    remote.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    remote.put("ud/nord/æøå/crm.csv", [CRM_HEAD, "1,ida@example.com,,Ida Sørensen", "2,bo@example.com,,Bo Ågård"])
    remote.put("andet/orders-9.csv", [ORDERS_HEAD, order("not asked for")])
    report = made.run()
    assert items(made) == ["bike"]
    assert (report.events, report.records) == (1, 2)
    (path,) = notes(made.folder)["files"]["orders"]
    assert path.endswith(":partner/ud/orders-1.csv")
    assert left_behind(made) == []

    # Nothing new: nothing is fetched.
    assert planned(made)["to_read"] == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote_source, "fetch", lambda *_: pytest.fail("fetched without need"))
        made.run()

    remote.put("ud/orders-2.csv.gz", gzip.compress(f"{ORDERS_HEAD}\n{order('bell')}\n".encode()))
    remote.remove("ud/nord/æøå/crm.csv")
    remote.put("ud/syd/crm.csv", [CRM_HEAD, "1,ida@example.com,,Ida Sørensen", "3,per@example.com,,Per Ibsen"])
    assert [Path(p).name for p in planned(made)["new"]] == ["orders-2.csv.gz"]
    assert made.run().records == 2
    assert items(made) == ["bell", "bike"]
    assert sorted(row["customer_no"] for row in made.sql("select customer_no from crm where valid_to is null")) == [
        "1",
        "3",
    ]

    # As long as before, and changed: the time or the server's tag tells.
    remote.put(
        "ud/orders-1.csv", [ORDERS_HEAD, order("lamp")], **({"at": 1_767_260_000} if isinstance(remote, Sshd) else {})
    )
    assert [Path(p).name for p in planned(made)["changed"]] == ["orders-1.csv"]
    made.run()
    assert items(made) == ["bell", "lamp"]
    remote.remove("ud/orders-1.csv")
    made.run()
    assert items(made) == ["bell", "lamp"], "of appended files the rows stay"


def test_records_that_change_come_as_a_delta(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection(), crm=PEOPLE.replace("kind: people", "kind: people\nload: delta"))
    remote.put("ud/crm-1.csv", [CRM_HEAD, "1,ida@example.com,,Ida", "2,bo@example.com,,Bo"])
    made.run()
    remote.put("ud/crm-2.csv", [CRM_HEAD, "2,bo@example.org,,Bo"])
    assert made.run().records == 2
    assert sorted(row["email"] for row in made.sql("select email from crm where valid_to is null")) == [
        "bo@example.org",
        "ida@example.com",
    ]


def test_an_archive_is_read_and_a_bomb_is_not(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER)
    remote.put("ud/orders.zip", zipped("orders.csv", f"{ORDERS_HEAD}\n{order('bike')}\n".encode()))
    made.run()
    assert items(made) == ["bike"]
    before = stored(made.folder)
    remote.put("ud/orders-2.zip", zipped("orders.csv", bytes(200 << 20), deflate_twice=True))
    with pytest.raises(LimitExceeded, match="unpacks to more than is read"):
        made.run()
    assert stored(made.folder) == before
    assert left_behind(made) == []


def zipped(name: str, content: bytes, *, deflate_twice: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2 if deflate_twice else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def test_a_glob_that_matches_nothing_names_what_is_there(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER.replace("ud/orders*", "ud/ordres-1.csv"))
    remote.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    with pytest.raises(FileMissing, match="no file matches") as caught:
        made.run()
    assert "orders-1.csv" in caught.value.hint
    made.put("sources/orders.yml", ORDER.replace("ud/orders*", "nowhere/*.csv"))
    with pytest.raises(FileMissing, match="no file matches"):
        made.run()


def test_a_file_too_large_for_the_disk_is_refused_before_it_comes(
    remote: Sshd | S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER)
    remote.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    monkeypatch.setattr(remote_source, "MOST_FETCHED", 10)
    monkeypatch.setattr(remote_source, "fetch", lambda *_: pytest.fail("fetched what is too large"))
    with pytest.raises(LimitExceeded, match="is not fetched"):
        made.run()
    monkeypatch.setattr(remote_source, "MOST_FETCHED", 1 << 36)
    monkeypatch.setattr(remote_source, "_FREE_LEFT", 1 << 60)
    with pytest.raises(LimitExceeded, match="free"):
        made.run()


def test_a_file_that_changes_while_it_comes_is_refused(
    remote: Sshd | S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project(tmp_path, remote.connection(), orders=ORDER)
    remote.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    made.run()
    before = stored(made.folder)
    lines = [order(f"item {n}", n) for n in range(60_000)]
    remote.put("ud/orders-2.csv", [ORDERS_HEAD, *lines])
    told: list[str] = []

    def change_midway(self: Any, what: str) -> None:
        told.append(what)
        if len(told) == 1:
            remote.put(
                "ud/orders-2.csv",
                [ORDERS_HEAD, *reversed(lines)],
                **({"at": time.time()} if isinstance(remote, Sshd) else {}),
            )

    monkeypatch.setattr("tillid.pipeline.progress.Silent.tell", change_midway)
    with pytest.raises(FileUnsettled, match=r"orders-2\.csv: the file was changed while it was read"):
        made.run()
    assert stored(made.folder) == before
    assert left_behind(made) == []


def test_files_on_their_way_are_left_for_the_next_run_and_said(sshd: Sshd, tmp_path: Path) -> None:
    made = project(tmp_path, sshd.connection(), orders=ORDER)
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")], at=time.time())
    with pytest.raises(FileUnsettled, match=r"orders-1\.csv is being written"):
        made.run()
    sshd.put("ud/orders-1.csv", [ORDERS_HEAD, order("bike")])
    sshd.put("ud/orders-2.csv.part", [ORDERS_HEAD, order("half of a")])
    sshd.put("ud/.orders-3.csv.Xa81", [ORDERS_HEAD, order("half of a")])
    assert planned(made)["waiting"] == ["sftp:partner/ud/orders-2.csv.part"]
    report = made.run()
    assert items(made) == ["bike"]
    (said,) = [finding for finding in report.findings if "left for the next run" in finding]
    assert said.endswith("sftp:partner/ud/orders-2.csv.part")
    sshd.rename("ud/orders-2.csv.part", "ud/orders-2.csv")
    made.run()
    assert items(made) == ["bike", "half of a"]


def test_a_snapshot_that_is_written_anew_closes_nobody(sshd: Sshd, tmp_path: Path) -> None:
    made = project(tmp_path, sshd.connection(), crm=PEOPLE)
    both = [CRM_HEAD, "1,ida@example.com,,Ida", "2,bo@example.com,,Bo"]
    sshd.put("ud/crm-1.csv", both)
    sshd.put("ud/crm-2.csv", [CRM_HEAD, "3,per@example.com,,Per"])
    assert made.run().records == 3
    sshd.put("ud/crm-1.csv", [CRM_HEAD, "1,ida@example.com,,Ida"], at=time.time())
    held = planned(made, "crm")
    assert (held["to_read"], held["gone"]) == ([], [])
    assert held["waiting"] == ["sftp:partner/ud/crm-1.csv", "sftp:partner/ud/crm-2.csv"]
    report = made.run()
    assert report.records == 3
    assert any("left for the next run" in finding for finding in report.findings)
    # A definition that changed cannot wait, as the run would note it as done.
    made.put("sources/crm.yml", PEOPLE + "ignore: [more]\n")
    with pytest.raises(FileUnsettled, match=r"crm-1\.csv is being written"):
        made.run()
    made.put("sources/crm.yml", PEOPLE)
    sshd.put("ud/crm-1.csv", [CRM_HEAD, "1,ida@example.com,,Ida"], at=time.time() - 60)
    assert made.run().records == 2


@pytest.mark.parametrize("chunk", [1 << 16, 1 << 20])
def test_a_file_comes_whole_whatever_it_holds(
    remote: Sshd | S3Server, tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 20_000 + b"end"
    remote.put("ud/stor.bin", content)
    storage = storage_of(remote, tmp_path)
    monkeypatch.setattr(remote_source, "CHUNK", chunk)
    state = storage.state("ud/stor.bin")
    into = io.BytesIO()
    remote_source.fetch(storage, remote_source.Wanted("x", "ud/stor.bin", state), into, lambda _: None)
    assert into.getvalue() == content
    # Going on from a place in the middle brings the rest.
    with storage.open("ud/stor.bin", state, 1_000_003) as rest:
        assert rest.read() == content[1_000_003:]


def test_files_where_one_begins_and_links_to_files(sshd: Sshd, tmp_path: Path) -> None:
    made = project(tmp_path, sshd.connection(), orders=ORDER.replace("ud/orders*", "*.csv"))
    sshd.put("orders-1.csv", [ORDERS_HEAD, order("bike")])
    sshd.put("deep/real.txt", [ORDERS_HEAD, order("bell")])
    (sshd.files / "orders-2.csv").symlink_to(sshd.files / "deep" / "real.txt")
    (sshd.files / "nowhere.csv").symlink_to(sshd.files / "gone")
    made.run()
    assert items(made) == ["bell", "bike"]
    assert sorted(notes(made.folder)["files"]["orders"]) == ["sftp:partner/orders-1.csv", "sftp:partner/orders-2.csv"]
    whole = project(
        tmp_path / "whole", sshd.connection(), orders=ORDER.replace("ud/orders*", f"{sshd.files}/deep/*.txt")
    )
    assert planned(whole)["new"] == [f"sftp:partner/{sshd.files}/deep/real.txt"]


def storage_of(remote: Sshd | S3Server, tmp_path: Path) -> Any:
    made = project(tmp_path, remote.connection(), orders=ORDER)
    with made.opened() as workspace:
        return _storage(workspace.project, "partner")


def test_a_definition_is_drafted_from_a_remote_file(remote: Sshd | S3Server, tmp_path: Path) -> None:
    made = project(tmp_path, remote.connection())
    remote.put("ud/kunder [ny].csv", [CRM_HEAD, "1,ida@example.com,+4520123456,Ida Sørensen"])
    kind = "sftp" if isinstance(remote, Sshd) else "s3"
    drafted = suggest(made.folder, "ole", f"{kind}:partner/ud/kunder [ny].csv")
    assert "from: partner\nfiles:" in drafted.text
    assert left_behind(made) == []
    with pytest.raises(NotDefined, match="a connection of tillid"):
        suggest(made.folder, "ole", f"{kind}:partnr/ud/kunder.csv")
