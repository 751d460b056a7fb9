"""Drafts from addresses: an API's list or a file is looked at, and what is drafted loads and reads every page."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_vendors.server import Answer, Asked, served
from small_projects import TILLID, SmallProject
from suggested_projects import PURPOSES

from tillid.connectors.sources.api.errors import ApiAccessDenied, ApiAnswerUnreadable, ApiLeadsElsewhere
from tillid.pipeline.errors import OriginUnknown
from tillid.pipeline.suggest import suggest

PEOPLE = [{"customer_no": f"C{n}", "email": f"ida{n}@example.com", "city": "Århus"} for n in range(1, 8)]
SECRET = "made-up-7f3a"


def cut(asked: Asked, start: int, size: int = 3) -> list[dict[str, str]]:
    return PEOPLE[start : start + size]


def by_page(asked: Asked) -> Answer:
    page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 3))
    return Answer({"data": {"people": PEOPLE[(page - 1) * size : page * size]}, "meta": {"total": 7}})


def by_offset(asked: Asked) -> Answer:
    start, size = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 3))
    return Answer({"items": PEOPLE[start : start + size], "total_count": 7, "tags": [{"a": 1}] * 9})


def by_link(asked: Asked) -> Answer:
    start = int(asked.query.get("after", 0))
    link = {"Link": f'<http://{asked.headers["Host"]}/people?after={start + 3}>; rel="next"'} if start < 6 else {}
    return Answer(cut(asked, start), headers=link)


def by_next_url(asked: Asked) -> Answer:
    start = int(asked.query.get("from", 0))
    there = f"http://{asked.headers['Host']}/people?from={start + 3}" if start < 6 else None
    return Answer({"results": cut(asked, start), "links": {"next": there}})


def by_cursor(asked: Asked) -> Answer:
    start = int(asked.query.get("cursor", "k0")[1:])
    return Answer({"people": cut(asked, start), "meta": {"next_cursor": f"k{start + 3}" if start < 6 else None}})


def whole(_: Asked) -> Answer:
    return Answer(PEOPLE)


APIS: dict[str, tuple[Callable[[Asked], Answer], str, str]] = {
    "page": (by_page, "/people?page=1&per_page=3", "pages: {by: page, param: page"),
    "offset": (by_offset, "/people?offset=0&limit=3", "pages: {by: offset, param: offset"),
    "link": (by_link, "/people", "pages: {by: link}"),
    "next_url": (by_next_url, "/people", "pages: {by: next_url"),
    "cursor": (by_cursor, "/people", "pages: {by: cursor, param: cursor"),
    "none": (whole, "/v1/people?status=active", "params: {status: active}"),
}


def finished(text: str) -> str:
    return text.replace("collected_for: []", "collected_for: [everything]")


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return SmallProject(tmp_path, {"purposes.yml": PURPOSES})


@pytest.mark.parametrize("kind", APIS)
def test_draft_of_an_api_reads_every_page(project: SmallProject, kind: str) -> None:
    vendor, address, pages = APIS[kind]
    with served(vendor) as server:
        draft = suggest(project.folder, "ole", f"{server.url}{address}")
        assert len(server.asked) == 1
        assert pages in draft.text
        assert "collected_for: []" in draft.text
        assert "example.com" not in draft.text
        assert "Århus" not in draft.text
        project.put(f"sources/{draft.name}.yml", finished(draft.text))
        project.run()
    rows = project.sql(f"select customer_no, email from {draft.name}", "everything")
    assert sorted(row["customer_no"] for row in rows) == [one["customer_no"] for one in PEOPLE]
    assert {row["email"] for row in rows} == {one["email"] for one in PEOPLE}


def test_special_categories_and_national_ids_are_left_out(project: SmallProject) -> None:
    rows = [
        {"customer_no": f"C{n}", "cpr": f"01018{n}-1234", "religion": "none", "email": "a@example.com"} for n in "123"
    ]
    with served(lambda _: Answer(rows)) as server:
        draft = suggest(project.folder, "ole", f"{server.url}/v1/members")
    left = {column.header for column in draft.columns if column.left_out}
    assert {"cpr", "religion"} <= left


def parquet() -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(PEOPLE), held)
    return held.getvalue()


CSV = "Kundenr;E-mail;By\nC1;ida@example.com;Århus\nC2;ole@example.com;Ribe\n"
FILES = {
    "crm.csv": (CSV.encode("latin-1"), "text/csv"),
    "export": (CSV.encode(), "text/csv; charset=utf-8"),
    "crm.parquet": (parquet(), "application/octet-stream"),
    "crm.ndjson": ("\n".join(map(json.dumps, PEOPLE)).encode(), "application/x-ndjson"),
}


@pytest.mark.parametrize("name", FILES)
def test_draft_of_a_file_that_lies_at_an_address(project: SmallProject, name: str) -> None:
    raw, kind = FILES[name]
    with served(lambda _: Answer(raw=raw, headers={"Content-Type": kind})) as server:
        draft = suggest(project.folder, "ole", f"{server.url}/files/{name}")
    place = f"data/{name}" if "." in name else f"data/{name}.csv"
    assert f"files: {place}" in draft.text.replace('"', "")
    project.put(place, raw)
    project.put(f"sources/{draft.name}.yml", finished(draft.text))
    project.run()
    assert len(project.sql(f"select email from {draft.name}", "everything")) in (2, 7)


def test_connection_that_covers_the_address_is_asked_with_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLID_SECRET_SHOP", SECRET)

    def guarded(asked: Asked) -> Answer:
        is_let_in = asked.headers.get("Authorization") == f"Bearer {SECRET}"
        return Answer({"items": PEOPLE}) if is_let_in else Answer({"status": 401}, 401)

    with served(guarded) as server:
        connections = f"connections:\n  shop: {{url: {server.url}/v2}}\n"
        made = SmallProject(tmp_path, {"tillid.yml": TILLID + connections, "purposes.yml": PURPOSES})
        draft = suggest(made.folder, "ole", f"{server.url}/v2/people")
        assert "connection: shop" in draft.text
        assert "path: /people" in draft.text.replace('"', "")
        assert SECRET not in draft.text
        made.put(f"sources/{draft.name}.yml", finished(draft.text))
        made.run()
        assert len(made.sql(f"select email from {draft.name}", "everything")) == 7
        # Beside the connection's address its secret is not sent.
        with pytest.raises(ApiAccessDenied):
            suggest(made.folder, "ole", f"{server.url}/v3/people")
        assert "Authorization" not in server.asked[-1].headers


HELD = (
    "https://ida:hunter2@a.example/people",
    "https://a.example/people?api_key=hunter2",
    "https://a.example/people?key=hunter2",
    "https://a.example/people?access_token=hunter2",
    "postgresql://ejer:hunter2@db/butik",
)


@pytest.mark.parametrize("address", HELD)
def test_secret_in_an_address_is_refused_and_not_repeated(project: SmallProject, address: str) -> None:
    with pytest.raises(OriginUnknown) as raised:
        suggest(project.folder, "ole", address)
    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize("address", ["https://a.example:port/people", "http://[::1/people"])
def test_what_is_no_address_is_said(project: SmallProject, address: str) -> None:
    with pytest.raises(OriginUnknown, match="no http address"):
        suggest(project.folder, "ole", address)


def test_answer_that_rows_cannot_be_taken_from(project: SmallProject) -> None:
    def elsewhere(asked: Asked) -> Answer:
        if asked.path == "/moved":
            return Answer(status=302, headers={"Location": "https://other.example/people"})
        return Answer({"status": "fine", "people": []})

    with served(elsewhere) as server:
        with pytest.raises(ApiLeadsElsewhere):
            suggest(project.folder, "ole", f"{server.url}/moved")
        with pytest.raises(ApiAnswerUnreadable, match="no list of objects"):
            suggest(project.folder, "ole", f"{server.url}/people?email=ida@example.com")
