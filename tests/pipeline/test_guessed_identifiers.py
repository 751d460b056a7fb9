"""An identifier that washing guessed: it joins nobody, no row is lost for it, and a no reaches whom it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, SmallProject, csv

from tillid.pipeline.explain import explain_person
from tillid.pipeline.quality.told import quality

SURE = "ida.holm@example.com"
TYPED, OTHERWISE = "ida..holm@example.com", "ida.holm.@example.com"
"""Two ways in which it may be typed wrong; washing guesses at it in both."""
PHONE, PHONE_TYPED = "20123456", "020123456"
ANSWERED = "2025-06-01T10:00:00Z"
CLUB = CRM.replace("data/crm", "data/club").replace("customer_no", "club_no")
BY_MAIL = """
kind: people
files: data/news*.csv
key: email
data_subject: customer
collected_for: [analytics, linking, news]
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
  name: {name: name, type: text, category: user.name}
"""
VISITS = """
kind: events
files: data/visits.csv
time: at
data_subject: customer
collected_for: [analytics, news]
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
  at:   {name: at, type: timestamp, category: user.behavior}
"""
BARRED = """
kind: suppressions
files: data/barred.csv
bars: [marketing.communications]
list_date: 2025-10-01
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
"""
LINKING = "link_guesses: true\n"


def _answers(*said: tuple[str, str]) -> str:
    rows = ((mail, "news", state, ANSWERED, "n1", f"form-{n}") for n, (mail, state) in enumerate(said))
    return csv(CONSENTS_HEAD, *rows)


def _newsletter(folder: Path, *consents: tuple[str, str], **more: str) -> SmallProject:
    """Customers known by nothing but their address: one typed right, and two of one address, each typed wrong."""
    files = {"sources/news.yml": BY_MAIL, "sources/consents.yml": CONSENTS, **more}
    project = SmallProject(folder, files)
    project.put("data/news.csv", csv("mail,name", (SURE, "Sure"), (TYPED, "Typed"), (OTHERWISE, "Otherwise")))
    project.put("data/consents.csv", _answers(*consents))
    return project


def _reached(project: SmallProject) -> set[str]:
    return {row["name"] for row in project.sql("select name from news", "news")}


# Who is who ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((SURE, None), (TYPED, None)),
        ((TYPED, None), (OTHERWISE, None)),
        ((None, PHONE), (None, PHONE_TYPED)),
    ],
)
def test_a_guess_joins_nobody_unless_its_source_says_so(
    tmp_path: Path, one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    rows = csv(CRM_HEAD, ("1", *one, "Ida"), ("2", *other, "Ada"))
    apart = SmallProject(tmp_path / "apart", {"sources/crm.yml": CRM, "data/crm.csv": rows})
    apart.build()
    people = apart.persons()
    assert people["customer_no", "1"] != people["customer_no", "2"]
    # The value itself stays, as washing made it, beside what was typed.
    for kind, value in (("email", SURE), ("phone", "+4520123456")):
        held = {row[kind] for row in apart.sql(f"select {kind} from crm where {kind} is not null")}
        assert held <= {value}
    joined = SmallProject(tmp_path / "joined", {"sources/crm.yml": CRM + LINKING, "data/crm.csv": rows})
    joined.build()
    people = joined.persons()
    assert people["customer_no", "1"] == people["customer_no", "2"]
    assert joined.internal("guesses") == []


def test_who_typed_the_same_is_the_same(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM, "sources/club.yml": CLUB})
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", TYPED, None, "Ida")))
    project.put(
        "data/club.csv", csv(CRM_HEAD, ("K1", f" {TYPED.upper()}", None, "Ida"), ("K2", OTHERWISE, None, "Ida"))
    )
    project.build()
    assert frozenset({("customer_no", "1"), ("club_no", "K1"), ("email", TYPED)}) in project.partition()


def test_records_known_by_their_address_stay_apart(tmp_path: Path) -> None:
    project = _newsletter(tmp_path)
    taken, _ = project.build()
    assert taken.records == 3
    assert {row["email"] for row in project.sql("select email from news")} == {SURE}
    assert len({row["person_id"] for row in project.sql("select person_id from people")}) == 3


def test_an_event_known_by_a_guess_is_of_somebody(tmp_path: Path) -> None:
    """Of nobody it would be seen for every purpose, whatever its person said."""
    project = SmallProject(tmp_path, {"sources/visits.yml": VISITS, "sources/consents.yml": CONSENTS})
    rows = [(mail, f"2025-12-0{n} 10:00:00") for n, mail in enumerate((SURE, TYPED, TYPED, OTHERWISE), start=1)]
    project.put("data/visits.csv", csv("mail,at", *rows))
    project.put("data/consents.csv", _answers((SURE, "given")))
    project.build()
    counted = project.sql("select person_id, count(*) as visits from visits group by person_id")
    assert sorted(row["visits"] for row in counted) == [1, 1, 2]
    assert all(row["person_id"] is not None for row in counted)
    # A yes under the right address is no yes of who may be somebody else.
    assert len(project.sql("select at from visits", "news")) == 1


def test_what_is_worthless_is_so_however_it_was_typed(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/visits.yml": VISITS})
    project.put("data/visits.csv", csv("mail,at", ("test..@example.com", "2025-12-01 10:00:00")))
    project.build()
    assert project.sql("select person_id, email from visits") == [{"person_id": None, "email": "test@example.com"}]


# Who said what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mail", "state"), [(SURE, "withdrawn"), (TYPED, "objected"), (OTHERWISE, "refused")])
def test_a_no_reaches_all_who_may_be_meant(tmp_path: Path, mail: str, state: str) -> None:
    yes = [(one, "given") for one in (SURE, TYPED, OTHERWISE)]
    project = _newsletter(tmp_path, *yes)
    project.build()
    assert _reached(project) == {"Sure", "Typed", "Otherwise"}
    project.put("data/consents_2.csv", _answers((mail, state)).replace("2025-06", "2025-07"))
    project.build()
    assert _reached(project) == set()
    ledger = project.internal("consent_ledger")
    assert len([row for row in ledger if row["state"] == state]) == 1  # what was said is kept as it came


def test_a_suppression_reaches_all_who_may_be_meant(tmp_path: Path) -> None:
    yes = [(one, "given") for one in (SURE, TYPED, OTHERWISE)]
    project = _newsletter(tmp_path, *yes, **{"sources/barred.yml": BARRED, "data/barred.csv": f"mail\n{TYPED}\n"})
    project.build()
    assert _reached(project) == set()


def test_a_no_between_two_who_typed_wrong_needs_none_who_typed_right(tmp_path: Path) -> None:
    project = _newsletter(tmp_path, (TYPED, "given"), (OTHERWISE, "withdrawn"))
    project.put("data/news.csv", csv("mail,name", (TYPED, "Typed")))
    project.build()
    assert _reached(project) == set()


@pytest.mark.parametrize(("mail", "reached"), [(SURE, {"Sure"}), (TYPED.upper(), {"Typed"})])
def test_a_yes_counts_for_who_typed_the_same_alone(tmp_path: Path, mail: str, reached: set[str]) -> None:
    project = _newsletter(tmp_path, (mail, "given"))
    project.build()
    assert _reached(project) == reached


def test_a_yes_under_a_guess_counts_for_whom_it_means_where_its_source_says_so(tmp_path: Path) -> None:
    project = _newsletter(tmp_path, (TYPED, "given"), **{"sources/consents.yml": CONSENTS + LINKING})
    project.build()
    assert _reached(project) == {"Sure"}


def test_who_takes_a_no_back_is_heard_by_all(tmp_path: Path) -> None:
    project = _newsletter(tmp_path, (SURE, "withdrawn"), (TYPED, "given"))
    project.put("data/consents_2.csv", _answers((SURE, "given")).replace("2025-06", "2025-07"))
    project.build()
    assert _reached(project) == {"Sure", "Typed"}


# What is kept and told -----------------------------------------------------------------------------------


def test_what_a_guess_means_is_one_subject_in_whatever_order_it_is_met(tmp_path: Path) -> None:
    project = _newsletter(tmp_path, (OTHERWISE, "withdrawn"))
    project.put("data/news.csv", csv("mail,name", (TYPED, "Typed")))
    project.build()
    project.put("data/news.csv", csv("mail,name", (TYPED, "Typed"), (SURE, "Sure"), (OTHERWISE, "Otherwise")))
    project.build()
    values = {row["subject_id"]: row["value"] for row in project.internal("subjects")}
    assert sorted(values.values()) == sorted(["", SURE, TYPED, OTHERWISE])
    means = {(values[row["subject_id"]], values[row["guessed_id"]]) for row in project.internal("guesses")}
    assert means == {(TYPED, SURE), (OTHERWISE, SURE)}
    assert len(project.internal("guesses")) == 2


def test_guesses_are_told_and_counted(tmp_path: Path) -> None:
    project = _newsletter(tmp_path, (TYPED, "given"))
    project.put("sources/crm.yml", CRM)
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", TYPED, PHONE_TYPED, "Ida"), ("2", SURE, None, "Ada"), ("3",)))
    taken, _ = project.build()
    told = {finding.partition(":")[0]: finding for finding in taken.findings}
    assert told.keys() == {"news", "crm", "consents"}
    assert "rows 2, of them without another identifier 2;" in told["news"]
    assert "rows 1, of them without another identifier 0;" in told["crm"]
    assert not any("@" in finding for finding in taken.findings)
    with project.opened() as workspace:
        (crm,) = quality(workspace, "crm")["sources"]
        (news,) = quality(workspace, "news")["sources"]
    assert (crm["last"]["guessed"], crm["last"]["guessed_alone"]) == (1, 0)
    assert (news["last"]["guessed"], news["last"]["guessed_alone"]) == (2, 2)
    assert project.build()[0].findings == []  # nothing new was read


def test_a_person_is_found_by_what_was_typed(tmp_path: Path) -> None:
    project = _newsletter(tmp_path)
    project.build()
    with project.opened() as workspace:
        found = explain_person(workspace, TYPED.upper(), "analytics")["persons"]
    ids = {row["name"]: row["person_id"] for row in project.sql("select person_id, name from news")}
    assert {one["person"] for one in found} == {ids["Typed"], ids["Sure"]}
