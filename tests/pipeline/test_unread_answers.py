"""What people said and nobody can read: no former yes is left standing, and the run tells it."""

from __future__ import annotations

from pathlib import Path

from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, SmallProject, csv

MAIL = "ann@example.com"
LATER = "2025-07-01T10:00:00Z"
DEFINED = CONSENTS.replace(
    "purpose:  {name: purpose, type: text, category: user.privacy_preferences}",
    "purpose:  {name: purpose, type: text, category: user.privacy_preferences}\n"
    "  form:     {name: form, type: integer, category: user.privacy_preferences, required: true}",
)
HEAD = f"{CONSENTS_HEAD},form"
BARRED = """
kind: suppressions
files: data/barred.csv
bars: [marketing.communications]
columns:
  mail:  {name: email, type: text, category: user.contact.email, identifier: email}
  added: {name: at, type: date, category: user.privacy_preferences}
"""
ENDS = {
    # said (state, time, notice, form), and why it could not be read
    "word": (("unsub'd", LATER, "n1", 2), "state: not one of the values that the definition lists"),
    "no_word": ((None, LATER, "n1", 2), "state: empty, and every row needs one here"),
    "odd_time": (("withdrawn", "the other day", None, 2), "at: not a time as ISO 8601"),
    "no_time": (("objected", None, None, 2), "at: empty, and every row needs one here"),
    "neither": (("wihtdrawn", None, None, 2), "state: not one of the values that the definition lists"),
    "odd_form": (("refused", LATER, None, "second"), "form: not a whole number"),
    "no_form": (("withdrawn", LATER, None, None), "form: empty, and every row needs one here"),
}
CHANGES_NOTHING = {
    "yes_without_time": ("given", "soon", "n1", 2),
    "yes_with_odd_form": ("given", LATER, "n1", "second"),
    "nothing_at_no_time": (None, None, None, 2),
}


def _consented(folder: Path, *names: str) -> SmallProject:
    """People who said yes."""
    project = SmallProject(folder, {"sources/crm.yml": CRM, "sources/consents.yml": DEFINED})
    mails = [f"{name}@example.com" for name in names]
    project.put("data/crm.csv", csv(CRM_HEAD, *((n, mail, None, "x") for n, mail in enumerate(mails, start=1))))
    yes = ((mail, "news", "given", "2025-06-01T10:00:00Z", "n1", f"form-{mail}", 1) for mail in mails)
    project.put("data/consents_1.csv", csv(HEAD, *yes))
    project.build()
    assert _reached(project) == set(names)
    return project


def _reached(project: SmallProject) -> set[str]:
    return {row["email"].partition("@")[0] for row in project.sql("select email from crm", "news")}


def _said(name: str | None, state: object, at: object, notice: object, form: object) -> tuple[object, ...]:
    return (name and f"{name}@example.com", "news", state, at, notice, "form-2", form)


def test_what_is_no_yes_ends_one(tmp_path: Path) -> None:
    project = _consented(tmp_path, *ENDS, "other")
    project.put("data/consents_2.csv", csv(HEAD, *(_said(name, *said) for name, (said, _) in ENDS.items())))
    taken, _ = project.build()
    assert _reached(project) == {"other"}
    count = taken.counts["consents"]
    assert (count.read, count.accepted, count.refused) == (7, 7, 0)
    (finding,) = taken.findings
    assert "count as a no: 7 " in finding
    assert all(why in finding for _, why in ENDS.values())
    kept = {row["line"]: row for row in project.refused()}
    for line, (_, why) in enumerate(ENDS.values(), start=2):
        assert f"{kept[line]['column_name']}: {kept[line]['reason']}" == f"{why}; counts as a no"


def test_what_says_nothing_changes_nothing(tmp_path: Path) -> None:
    project = _consented(tmp_path, *CHANGES_NOTHING)
    rows = [_said(name, *said) for name, said in CHANGES_NOTHING.items()]
    project.put("data/consents_2.csv", csv(HEAD, *rows, _said(None, "maybe", LATER, "n1", 2)))
    taken, _ = project.build()
    assert _reached(project) == set(CHANGES_NOTHING)
    assert (taken.counts["consents"].accepted, taken.counts["consents"].refused) == (0, 4)
    assert taken.findings == []


def test_a_no_that_names_no_purpose_is_told(tmp_path: Path) -> None:
    project = _consented(tmp_path, "ann")
    rows = ((MAIL, purpose, "withdrawn", LATER, "n1", "form-2", 2) for purpose in ("newz", None))
    project.put("data/consents_2.csv", csv(HEAD, *rows, (MAIL, "newz", "given", LATER, "n1", "form-2", 2)))
    taken, _ = project.build()
    assert _reached(project) == {"ann"}
    assert taken.counts["consents"].refused == 3
    (finding,) = taken.findings
    assert "name no purpose of the project and end nothing: 2;" in finding


def test_an_answer_that_can_be_read_at_last_takes_its_place(tmp_path: Path) -> None:
    """By a definition that knows its word, or by a row that was put right; a later no is not lost by either."""
    project = _consented(tmp_path, "ann")
    row = (MAIL, "news", "ja tak", LATER, "n1", "form-2", 2)
    project.put("data/consents_2.csv", csv(HEAD, row))
    project.build()
    assert _reached(project) == set()
    project.put("data/consents_2.csv", csv(HEAD, (*row[:2], "given", *row[3:])))
    project.build()
    assert _reached(project) == {"ann"}
    project.put("data/consents_3.csv", csv(HEAD, (MAIL, "news", "ja", "in august", "n1", "form-3", 3)))
    project.build()
    assert _reached(project) == set()
    states = "values: {given: given, ja: given, nej: withdrawn}"
    known = DEFINED.replace("{name: state, type: text,", f"{{name: state, type: text, {states},")
    project.put("sources/consents.yml", known)
    project.build()
    assert project.internal("unread_consents") == []
    assert _reached(project) == {"ann"}
    project.put("data/consents_4.csv", csv(HEAD, (MAIL, "news", "nej", "2025-08-01T10:00:00Z", "n1", "form-4", 4)))
    project.build()
    assert _reached(project) == set()


def test_what_a_file_said_that_is_gone_stands(tmp_path: Path) -> None:
    project = _consented(tmp_path, "ann")
    project.put("data/consents_2.csv", csv(HEAD, (MAIL, "news", "gone off it", LATER, "n1", "form-2", 2)))
    project.build()
    project.remove("data/consents_2.csv")
    project.put("sources/consents.yml", DEFINED + "label: What people said\n")
    project.build()
    assert _reached(project) == set()


def test_who_stands_on_a_list_is_barred_whatever_stands_beside_them(tmp_path: Path) -> None:
    project = _consented(tmp_path, "ann")
    project.put("sources/barred.yml", BARRED)
    project.put("data/barred.csv", f"mail,added\n{MAIL},last spring\n,2025-01-01\n")
    taken, _ = project.build()
    assert _reached(project) == set()
    assert (taken.counts["barred"].accepted, taken.counts["barred"].refused) == (1, 1)
    assert any("count as a no: 1 (added: not a date" in finding for finding in taken.findings)
