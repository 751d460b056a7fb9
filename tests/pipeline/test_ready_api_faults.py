"""Each ready definition of an API against each fault: nothing is lost, nothing comes twice, nothing half-done stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from database_servers import free_port
from fake_vendors.server import Answer, Asked, Vendor, served
from ready_accounts import ACCOUNTS
from small_projects import PURPOSES, TILLID, SmallProject, Tables, notes, stored

from tillid.connectors.sources.api import errors
from tillid.connectors.sources.api.source import ApiSource
from tillid.pipeline.project.ready import ready_definitions

WIDE = PURPOSES.replace(
    "[user.unique_id, user.behavior, user.contact,",
    "[system, user.unique_id, user.behavior, user.account, user.contact,",
)


def test_each_ready_definition_of_an_api_is_in_the_matrix() -> None:
    there = {name for name, ready in ready_definitions().items() if "api" in ready.source}
    assert there == {name.partition(" ")[0] for name in ACCOUNTS}


Meddle = Callable[[Asked], Answer | None]


@dataclass
class Meddled:
    """The vendor, with something done at its request number `at` from now on, counted from 0."""

    vendor: Vendor
    count: int = 0
    at: int = -1
    meddle: Meddle | None = None
    after: Callable[[Any], None] | None = None

    def __call__(self, asked: Asked) -> Answer:
        here, self.count = self.count, self.count + 1
        if self.meddle is not None and here == self.at and (answer := self.meddle(asked)) is not None:
            return answer
        answer = self.vendor(asked)
        if self.after is not None and answer.status == 200 and asked.path != "/token":
            answer = replace(answer, document=deepcopy(answer.document))
            self.after(answer.document)
        return answer

    def begin(self, at: int, meddle: Meddle | None = None) -> None:
        self.count, self.at, self.meddle = 0, at, meddle


@dataclass(frozen=True)
class Whole:
    """What two loads come to that nothing disturbs, the place of a request amid the second, and the first's folder."""

    after: Tables
    middle: int
    first: Path
    port: int


class Case:
    """A project with one source of an API, loaded once, and then changed at the vendor's.

    `first` is a folder in which the first load was made, from a server on the same port.
    """

    def __init__(
        self, name: str, folder: Path, patch: pytest.MonkeyPatch, port: int, first: Path | None = None
    ) -> None:
        self.account = ACCOUNTS[name]()
        self.server = Meddled(self.account.vendor)
        self.port, self.stack, self.patch = port, ExitStack(), patch
        self.start()
        url = f"http://127.0.0.1:{self.port}"
        said = self.account.secret
        self.secret = said if isinstance(said, str) else said(url)
        self.tell(self.secret)
        user = f", user: {self.account.user}" if self.account.user else ""
        connection = f"url: {url}{self.account.base}{user}{self.account.connection.replace('URL', url)}"
        files = {
            "tillid.yml": f"{TILLID}connections:\n  shop: {{{connection}}}\n",
            "purposes.yml": WIDE,
            "sources/facts.yml": self.account.source.replace("URL", url),
        }
        self.waits: list[float] = []
        patch.setattr(ApiSource.__init__, "__kwdefaults__", {"sleep": self.waits.append})
        if first is not None:
            shutil.copytree(first, folder)
            self.made = SmallProject.there(folder)
        else:
            self.made = SmallProject(folder, files)
            with ExitStack() as opened:
                opened.push(self.stack)
                self.made.run()
                assert self.made.refused() == []
                opened.pop_all()
            shutil.copytree(folder, folder.with_name("first"))
        self.account.change()

    def start(self) -> None:
        self.stack.enter_context(served(self.server, self.port))

    def tell(self, secret: str) -> None:
        self.patch.setenv("TILLID_SECRET_SHOP", secret)
        self.patch.setenv("TILLID_SECRET_SHOP_CLIENT", "client")

    def held(self) -> Tables:
        return stored(self.made.folder)

    def noted(self) -> Any:
        return notes(self.made.folder)["files"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Whole]:
    known: dict[str, Whole] = {}

    def undisturbed(name: str) -> Whole:
        if name not in known:
            folder, port = tmp_path_factory.mktemp("whole") / "project", free_port()
            with pytest.MonkeyPatch.context() as patch:
                case = Case(name, folder, patch, port)
                with case.stack:
                    before = case.held()
                    case.server.begin(-1)
                    case.made.run()
                    asked, after = case.server.count, case.held()
                    assert after != before
                    assert case.made.refused() == []
                    # A third load brings nothing.
                    case.made.run()
                    assert case.held() == after
            known[name] = Whole(after, asked // 2, folder.with_name("first"), port)
        return known[name]

    return undisturbed


@pytest.fixture(params=ACCOUNTS)
def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Callable[[str], Whole]
) -> Iterator[tuple[str, Case]]:
    known = whole(request.param)
    made = Case(request.param, tmp_path / "project", monkeypatch, known.port, known.first)
    with made.stack:
        yield request.param, made


def test_pages_are_many_where_there_are_pages(whole: Any) -> None:
    for name in ACCOUNTS:
        middle = whole(name).middle
        assert middle >= 1 or "population" in name, name


PASSING: dict[str, list[Answer]] = {
    "429 with Retry-After": [Answer({"title": "Too Many"}, 429, {"Retry-After": "7"})] * 3,
    "500, and 503 that is no JSON": [Answer({"error": "internal"}, 500), Answer(status=503, raw=b"<html>busy</html>")],
    "an answer cut off, and none": [Answer(raw=b'{"cut": [1, 2, 3', cut=6), Answer(cut=-1)],
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_by_itself_comes_to_the_same(case: Any, whole: Any, fault: str) -> None:
    name, made = case
    answers = [*PASSING[fault]]

    def meddle(_: Asked) -> Answer | None:
        # The same request again.
        made.server.at += 1
        return answers.pop() if answers else None

    made.server.begin(whole(name).middle, meddle)
    made.made.run()
    assert answers == []
    assert made.held() == whole(name).after
    assert (7.0 in made.waits) == fault.startswith("429")


def stopped(made: Case, error: type[Exception]) -> None:
    """A run that ends with the error, of which nothing stays: neither rows nor how far it came."""
    before, cursor = made.held(), made.noted()
    with pytest.raises(error) as raised:
        made.made.run()
    told = f"{raised.value} {getattr(raised.value, 'hint', '')}"
    assert not made.secret or made.secret not in told
    assert "example.com" not in told
    assert made.held() == before
    assert made.noted() == cursor


def test_token_that_runs_out_amid_the_pages(case: Any, whole: Any) -> None:
    name, made = case
    after, middle = whole(name).after, whole(name).middle
    renews, dead = made.account.renews, []

    def meddle(asked: Asked) -> Answer | None:
        if renews is not None:
            renews()
            return None
        made.server.at += 1
        dead.append(asked)
        return Answer({"status": 401}, 401)

    made.server.begin(middle, meddle)
    if renews is None:
        stopped(made, errors.ApiAccessDenied)
        assert len(dead) == 1, "a key that is refused is not tried again"
        made.server.begin(-1)
    made.made.run()
    assert made.held() == after


def test_api_that_fails_on_and_on(case: Any, whole: Any) -> None:
    name, made = case
    after, middle = whole(name).after, whole(name).middle

    def meddle(_: Asked) -> Answer | None:
        made.server.at += 1
        return Answer({"error": "internal"}, 500)

    made.server.begin(middle, meddle)
    stopped(made, errors.ApiBusy)
    made.server.begin(-1)
    made.made.run()
    assert made.held() == after


def test_server_that_is_killed_amid_the_pages_and_comes_back(case: Any, whole: Any) -> None:
    name, made = case
    after, middle = whole(name).after, whole(name).middle

    def meddle(_: Asked) -> Answer | None:
        made.stack.close()
        return Answer(cut=-1)

    made.server.begin(middle, meddle)
    stopped(made, errors.ApiUnreachable)
    made.server.begin(-1)
    made.start()
    made.made.run()
    assert made.held() == after


def test_field_that_the_api_drops_and_brings_back(case: Any, whole: Any) -> None:
    name, made = case
    after = whole(name).after

    def drop(document: Any) -> None:
        for row in made.account.rows(document):
            value = row.pop(made.account.drop)
            if name.startswith("ga4"):
                row[made.account.drop] = "renamed"
            elif "population" in name:
                for cube in (document.get("dataset", document), row):
                    if "id" in cube:
                        cube["id"] = ["Renamed" if one == made.account.drop else one for one in cube["id"]]
                row["Renamed"] = value

    made.server.after = drop
    stopped(made, errors.ApiFieldGone)
    made.server.after = None
    made.made.run()
    assert made.held() == after


def test_field_that_the_api_adds_stays_out_and_is_named(case: Any, whole: Any) -> None:
    name, made = case
    after = whole(name).after
    if name.startswith("ga4") or "population" in name:
        return  # Their answers hold what was asked for by name, and no more.

    def add(document: Any) -> None:
        for row in made.account.rows(document):
            row["loyaltyTier"] = [1] * len(row["time"]) if "time" in row else "gold"

    made.server.after = add
    taken, _ = made.made.build()
    assert made.held() == after
    assert any("loyaltyTier" in finding for finding in taken.findings)


def test_tillid_that_is_killed_amid_the_pages(case: Any, whole: Any) -> None:
    name, made = case
    after, middle = whole(name).after, whole(name).middle
    before, cursor = made.held(), made.noted()
    command = [sys.executable, "-m", "tillid.cli", "run", "--as", "ole", "--json", "--project", str(made.made.folder)]
    children: list[int] = []

    def meddle(_: Asked) -> Answer | None:
        os.kill(children[0], signal.SIGKILL)
        return Answer(cut=-1)

    made.server.begin(middle, meddle)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        children.append(process.pid)
        _, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said.decode()[-500:]
    assert made.held() == before
    assert made.noted() == cursor
    made.server.begin(-1)
    made.made.run()
    assert made.held() == after
