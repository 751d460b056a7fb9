"""Lists that are sent: judged again at that moment, compared with the last one, written down, and harmless."""

from __future__ import annotations

import csv as csv_reader
import json
from datetime import timedelta
from pathlib import Path

import pytest
from small_projects import (
    CONSENTS,
    CONSENTS_HEAD,
    CRM,
    CRM_HEAD,
    NOW,
    ORDERS,
    ORDERS_HEAD,
    PURPOSES,
    VARIABLES,
    SmallProject,
    csv,
    stored,
)

from tillid.governance.housekeeping import DELIVERIES as DELIVERIES_PURPOSE
from tillid.pipeline.activate import ActivationsReport, activate
from tillid.pipeline.errors import NotBuilt, NotDefined

EXPIRING = PURPOSES.replace("notices: [n1, n2]", "notices: [n1, n2], consent_valid_for: 60 days")
FILES = {
    "purposes.yml": EXPIRING,
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "sources/consents.yml": CONSENTS,
    "variables/v.yml": VARIABLES,
    "segments/s.yml": "segments:\n  buyers: {purpose: analytics, rule: {variable: bought, gte: 1}}\n",
    "destinations/d.yml": "destinations:\n  list: {kind: file, path: out/list.csv}\n",
    "activations/a.yml": "activations:\n  news: {segment: buyers, purpose: news, destination: list, "
    "columns: {E-mail: email, Name: name, Spent: revenue}}\n",
}
GIVEN_AT = "2025-12-20 10:00:00"
FORMULA = "=HYPERLINK(1)"
PEOPLE = [
    ("1", "a@example.com", None, "Ann"),
    ("2", "b@example.com", None, "Bo"),
    ("3", "c@example.com", None, "Cy"),
    ("4", "d@example.com", None, "Di"),
    ("5", None, None, "Eva"),
    ("6", "f@example.com", None, "+Fie"),
]


def _yes(mail: str, state: str = "given", at: str = GIVEN_AT, notice: str = "n1") -> tuple[str, ...]:
    return mail, "news", state, at, notice, f"form-{mail[0]}"


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """Six buyers: a, b and f said yes, c yes and then no, d yes to another text, and Eva has no address."""
    made = SmallProject(tmp_path, FILES)
    made.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE), NOW - timedelta(days=9))
    made.put("data/orders.csv", csv(ORDERS_HEAD, *((n, "2025-12-01 10:00:00", FORMULA, -int(n)) for n, *_ in PEOPLE)))
    said = [
        _yes("a@example.com"),
        _yes("b@example.com"),
        _yes("c@example.com"),
        _yes("c@example.com", "withdrawn", "2025-12-21 10:00:00"),
        _yes("d@example.com", notice="n0"),
        _yes("f@example.com"),
    ]
    made.put("data/consents-1.csv", csv(CONSENTS_HEAD, *said))
    return made


def _send(project: SmallProject, *names: str, dry_run: bool = False) -> dict[str, dict[str, object]]:
    with project.opened("activate") as workspace:
        report: ActivationsReport = activate(workspace, names, dry_run=dry_run)
    return {
        name: {k: v for k, v in done.as_dict().items() if k != "place"} for name, done in report.activations.items()
    }


def _list(project: SmallProject) -> list[dict[str, str]]:
    with (project.folder / "out/list.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv_reader.DictReader(file, delimiter=";"))


def _deliveries(project: SmallProject) -> list[dict[str, object]]:
    return project.internal("deliveries", DELIVERIES_PURPOSE)


def test_who_said_no_since_is_held_back_and_taken_off(project: SmallProject) -> None:
    held = {"consent_missing": 1, "consent_not_proven": 1, "consent_withdrawn": 1}
    done = project.run().as_dict()["activations"]["news"]
    assert (done["people"], done["added"], done["removed"], done["held_back"]) == (3, 3, 0, held)
    assert [row["E-mail"] for row in _list(project)] == ["a@example.com", "b@example.com", "f@example.com"]

    project.put("data/consents-2.csv", csv(CONSENTS_HEAD, _yes("b@example.com", "withdrawn", "2025-12-30 10:00:00")))
    project.build()  # the lists are not sent yet
    assert len(_list(project)) == 3
    wanted = {"people": 2, "added": 0, "removed": 1, "held_back": held | {"consent_withdrawn": 2}}
    before = stored(project.folder)
    assert _send(project, "news", dry_run=True) == {"news": wanted}
    assert len(_list(project)) == 3
    assert stored(project.folder) == before
    assert _send(project, "news") == {"news": wanted}
    assert [row["E-mail"] for row in _list(project)] == ["a@example.com", "f@example.com"]


def test_a_consent_that_runs_out_between_run_and_sending_counts_no_more(project: SmallProject) -> None:
    project.put("data/consents-2.csv", csv(CONSENTS_HEAD, _yes("a@example.com", at="2025-12-31 10:00:00")))
    project.build()
    project.now = NOW + timedelta(days=55)  # 60 days after the 20th have gone by, not after the 31st
    done = _send(project)["news"]
    assert (done["people"], done["held_back"]["expired"]) == (1, 2)
    assert [row["E-mail"] for row in _list(project)] == ["a@example.com"]


def test_what_went_to_whom_is_written_down_with_its_evidence(project: SmallProject) -> None:
    project.run()
    ids = {person: value for (kind, value), person in project.persons().items() if kind == "email"}
    rows = {ids[row["person_id"]]: row for row in _deliveries(project)}
    assert rows.keys() == {"a@example.com", "b@example.com", "f@example.com"}
    one = rows["a@example.com"]
    assert (one["activation"], one["purpose"], one["destination"], one["change"]) == ("news", "news", "list", "added")
    assert one["sent_at"] == NOW
    assert one["evidence"] == "consent: n1, consents, form-a"
    assert len({row["delivery_id"] for row in rows.values()}) == 1

    project.put(
        "data/consents-2.csv",
        csv(
            CONSENTS_HEAD,
            _yes("b@example.com", "withdrawn", "2025-12-30 10:00:00"),
            _yes("d@example.com", at="2025-12-30 10:00:00"),
        ),
    )
    project.now = NOW + timedelta(hours=1)
    done = project.run().as_dict()["activations"]["news"]
    assert (done["added"], done["removed"]) == (1, 1)
    later = {(ids[row["person_id"]], row["change"]) for row in _deliveries(project) if row["sent_at"] == project.now}
    assert {change for change in later if change[1] != "kept"} == {
        ("b@example.com", "removed"),
        ("d@example.com", "added"),
    }
    told = [json.loads(line) for line in (project.folder / ".tillid/audit.ndjson").read_text().splitlines()]
    assert "delivered" in json.dumps(told)


def test_sending_again_adds_and_removes_nobody(project: SmallProject) -> None:
    project.run()
    first = (project.folder / "out/list.csv").read_bytes()
    done = _send(project)["news"]
    assert (done["people"], done["added"], done["removed"]) == (3, 0, 0)
    assert (project.folder / "out/list.csv").read_bytes() == first


def test_no_cell_is_a_formula(project: SmallProject) -> None:
    project.put("variables/v.yml", VARIABLES + "  bought_last: {of: orders, measure: last, column: item}\n")
    project.put("activations/a.yml", FILES["activations/a.yml"].replace("revenue}", "revenue, Last: bought_last}"))
    project.run()
    cells = [cell for row in _list(project) for cell in row.values()]
    assert any(FORMULA in cell for cell in cells)
    assert any("Fie" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r"]
    assert {row["Spent"].replace(",", ".") for row in _list(project)} == {
        "-1.00",
        "-2.00",
        "-6.00",
    }  # a number may be below zero


def test_before_the_first_run_and_under_no_name_nothing_is_sent(project: SmallProject) -> None:
    with pytest.raises(NotBuilt, match="tillid run"):
        _send(project)
    with pytest.raises(NotDefined, match="Did you mean 'news'"):
        _send(project, "new")
    assert not (project.folder / "out").exists()
