"""tillid wash from end to end: one verdict a lead, in order, each with its reason."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import load_workbook
from small_projects import CRM, CRM_HEAD, PURPOSES, TILLID, SmallProject

from tillid.cli.main import answer
from tillid.pipeline.leads.wash_leads import Asked, wash_leads
from tillid.pipeline.progress import Silent

HEAD = "Navn;E-mail;Mobil;Adresse;Postnr;By;Samtykkedato;Samtykketekst"
YES = "2025-11-01 10:00;version 3"
ADDRESS = """
  street:   {name: street, type: text, category: user.contact.address.street}
  postcode: {name: postcode, type: text, category: user.contact.address.postal_code}
"""
CALLS = """
  calls: {data_use: marketing.communications.phone, legal_basis: legitimate_interests, assessment: L3,
          retention: 10 years, categories: [user.unique_id, user.contact, user.name]}
"""
LIST = """
kind: suppressions
files: data/nejtak*.csv
bars: [marketing]
list_date: 2025-12-20
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
"""
SEGMENTS = """
segments:
  funen: {purpose: analytics, rule: {trait: postcode, starts_with: "5"}}
  buyers: {purpose: analytics, rule: {did: {event: orders, at_least: 1}}}
"""
LEADS = [
    f"Ida Holm;ida@post.example;20 10 00 01;Nygade 1;5000;Odense C;{YES}",
    f"IDA HOLM;;;Nygade 1;5000;Odense C;{YES}",
    f"Bo Friis;bo@post.example;;Vestergade 2;8000;Aarhus C;{YES}",
    f"Bo Friis;;20 10 00 03;Vestergade 2;8000;Aarhus C;{YES}",
    f"Per Lund;per@post;123;;;;{YES}",
    f"Nej Tak;nej@post.example;;Algade 3;4000;Roskilde;{YES}",
    f"Eva Krog;;;Algade 9;4000;Roskilde;{YES}",
    "Uden Ja;uden@post.example;;Torvet 5;5000;Odense C;;",
    f"Jysk Ny;jysk@post.example;;Torvet 6;8000;Aarhus C;{YES}",
    f"God Ny;god@post.example;;Torvet 7;5000;Odense C;{YES}",
]


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    crm = CRM + ADDRESS
    files = {
        "purposes.yml": PURPOSES + CALLS,
        "sources/crm.yml": crm,
        "sources/nejtak.yml": LIST,
        "segments/segments.yml": SEGMENTS,
        "data/crm.csv": f"{CRM_HEAD},street,postcode\n"
        "C1,ida@post.example,20100001,Ida Holm,Nygade 1,5000\n"
        "C2,eva@post.example,20100002,Eva Krogh,Algade 9,4000\n",
        "data/nejtak.csv": "mail\nnej@post.example\n",
    }
    made = SmallProject(tmp_path / "project", files)
    # A segment of events needs a source of them; the target that asks for one is refused before that.
    made.put(
        "segments/segments.yml",
        SEGMENTS.replace("\n  buyers: {purpose: analytics, rule: {did: {event: orders, at_least: 1}}}", ""),
    )
    made.run()
    return made


def leads_file(project: SmallProject, rows: list[str] = LEADS) -> Path:
    return project.put("leads.csv", [HEAD, *rows])


def verdicts(project: SmallProject, rows: list[str] = LEADS, **asked: object) -> list[tuple[str, str]]:
    path = leads_file(project, rows)
    with project.opened("wash") as workspace:
        washed = wash_leads(workspace, Asked(path, **asked), Silent())  # type: ignore[arg-type]
    ordered = washed.verdicts.sort_by("line").to_pylist()
    return [(row["verdict"], row["reason"]) for row in ordered]


def test_each_lead_gets_the_first_verdict_that_fits(project: SmallProject) -> None:
    found = verdicts(project, against_people=True, target="funen", suppress=("nejtak",))
    assert found == [
        ("existing_customer", "email"),
        ("duplicate", "name_and_place"),
        ("outside_target", "funen"),
        ("duplicate", "name_and_place"),
        ("invalid", "no_way_to_reach"),
        ("suppressed", "email"),
        ("existing_customer", "name_and_place"),
        ("consent_missing", "no_consent"),
        ("outside_target", "funen"),
        ("good", None),
    ]


def test_every_file_of_a_list_counts(project: SmallProject) -> None:
    project.put("data/nejtak-2.csv", ["mail", "god@post.example"])
    project.put("data/nejtak-3.csv", ["mail", "jysk@post.example"])
    found = verdicts(project, suppress=("nejtak",))
    assert [found[place] for place in (5, 8, 9)] == [("suppressed", "email")] * 3


def test_customers_are_told_only_where_that_is_asked(project: SmallProject) -> None:
    assert "existing_customer" not in {verdict for verdict, _ in verdicts(project)}


def test_a_no_to_the_project_counts_without_any_list(project: SmallProject) -> None:
    assert verdicts(project)[5] == ("suppressed", "suppressed")


def test_a_purpose_that_needs_no_consent_asks_for_none(project: SmallProject) -> None:
    assert verdicts(project, purpose="calls")[7] == ("good", None)
    assert verdicts(project, purpose="news")[7] == ("consent_missing", "no_consent")


def test_a_list_that_is_too_old_blocks_what_would_be_good(project: SmallProject) -> None:
    old = project.put("robinson.csv", ["Navn;Adresse;Postnr", "God Nyt;Torvet 7;5000"])
    found = verdicts(project, suppress=(f"{old}@2025-09-01",))
    assert found[9] == ("suppressed", "name_and_place")
    assert found[8] == ("blocked", "list_too_old")
    assert "good" not in {verdict for verdict, _ in found}


def test_rows_that_cannot_be_read_are_leads_too(project: SmallProject) -> None:
    found = verdicts(project, [*LEADS[-1:], "only;three;cells;and;many;more;than;there;are;columns;here"])
    assert found[-1][0] == "unreadable"


def test_the_fullest_row_of_a_person_is_kept(project: SmallProject) -> None:
    thin = f"Bo Friis;bo@post.example;;;;;{YES}"
    full = f"Bo Friis;bo@post.example;20 10 00 03;Vestergade 2;8000;Aarhus C;{YES}"
    assert verdicts(project, [thin, full, thin]) == [("duplicate", "email"), ("good", None), ("duplicate", "email")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (";", "no_consent"),
        ("2025-11-01;", "no_text_or_proof"),
        ("2029-11-01;v3", "time_in_the_future"),
        ("not a day;v3", "no_time"),
    ],
)
def test_a_consent_that_cannot_be_proven_is_none(project: SmallProject, cells: str, reason: str) -> None:
    row = f"God Ny;god@post.example;;Torvet 7;5000;Odense C;{cells}"
    assert verdicts(project, [row, LEADS[-2]])[0] == ("consent_missing", reason)


def test_washing_leads_changes_nothing_in_the_project(project: SmallProject) -> None:
    store = project.folder / ".tillid" / "store.duckdb"
    before = project.partition()
    with project.opened() as workspace:
        generation = workspace.store.generation()
    verdicts(project, against_people=True, target="funen")
    with project.opened() as workspace:
        assert workspace.store.generation() == generation
    assert project.partition() == before
    assert b"god@post.example" not in store.read_bytes()


def told(project: SmallProject, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = answer(["wash", *arguments, "--project", str(project.folder), "--as", "ole", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_hands_back_file_page_and_figures(
    project: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out, page = leads_file(project), project.folder / "washed.csv", project.folder / "wash.html"
    rest = ["--against", "people", "--bought", "2025-12-01", "--out", str(out), "--report", str(page)]
    code, figures = told(project, capsys, str(path), *rest)
    assert code == 0
    assert figures["leads"] == 10
    assert sum(figures["verdicts"].values()) == 10
    assert figures["notice_due"] == "2025-12-31"
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Line"] for row in rows] == [str(line) for line in range(2, 12)]
    assert (rows[0]["Mobil"], rows[0]["Mobil (raw)"], rows[0]["Mobil (found)"][:9]) == (
        "'+4520100001",
        "20 10 00 01",
        "corrected",
    )
    html = page.read_text(encoding="utf-8")
    assert "must be told by 2025-12-31" in html
    assert "ida@post.example" not in html
    assert "<script" not in html


def test_parquet_holds_the_same(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    out = project.folder / "washed.parquet"
    told(project, capsys, str(leads_file(project)), "--out", str(out))
    assert pq.read_table(out).num_rows == 10


@pytest.mark.parametrize(
    ("rows", "arguments", "kind", "hint"),
    [
        (["Farve;Antal", "rød;3"], [], "NothingToReach", "Farve, Antal"),
        ([HEAD, *LEADS], ["--target", "fynbo"], "NotASegment", "funen"),
        ([HEAD, *LEADS], ["--purpose", "callz"], "PurposeUnknown", "calls"),
        ([HEAD, *LEADS], ["--suppress", "nowhere.csv"], "FileMissing", ""),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    project: SmallProject,
    capsys: pytest.CaptureFixture[str],
    rows: list[str],
    arguments: list[str],
    kind: str,
    hint: str,
) -> None:
    path, out = project.put("odd.csv", rows), project.folder / "washed.csv"
    code, figures = told(project, capsys, str(path), "--out", str(out), *arguments)
    assert (code, figures["error"]["kind"]) == (1, kind)
    assert hint in figures["error"]["message"] + figures["error"]["hint"]
    assert not out.exists()


def test_who_may_not_wash_leads_is_refused_and_written_down(
    project: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = TILLID.replace("users:", "  reader: {purposes: [analytics], categories: all}\nusers:\n  ane: [reader]")
    project.put("tillid.yml", roles)
    out = project.folder / "washed.csv"
    code = answer(
        ["wash", str(leads_file(project)), "--out", str(out), "--project", str(project.folder), "--as", "ane", "--json"]
    )
    assert code == 1
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "PurposeNotPermitted"
    assert not out.exists()
    assert "housekeeping.leads" in (project.folder / ".tillid" / "audit.ndjson").read_text(encoding="utf-8")


def test_no_value_of_a_lead_is_in_the_audit_log(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    told(project, capsys, str(leads_file(project)), "--out", str(project.folder / "washed.csv"))
    log = (project.folder / ".tillid" / "audit.ndjson").read_text(encoding="utf-8")
    assert "leads_washed" in log
    for value in ("god@post.example", "Torvet", "20100001", "Friis"):
        assert value not in log


def test_national_ids_come_out_in_no_file(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    head = HEAD + ";Bemærkning"
    rows = [f"{row};{'ring til 010170-1234' if place == 9 else ''}" for place, row in enumerate(LEADS)]
    path, out = project.put("leads.csv", [head, *rows]), project.folder / "washed.csv"
    _, figures = told(project, capsys, str(path), "--out", str(out))
    assert "Bemærkning: 1 national ids were taken out" in figures["notes"]
    text = out.read_text(encoding="utf-8-sig")
    assert "ring til [national id]" in text
    assert "010170" not in text


def hashed(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()


@pytest.mark.parametrize(("algorithm", "head"), [("md5", "email_hash"), ("sha1", "mail"), ("sha256", "x")])
def test_a_list_of_hashes_names_who_is_on_it(
    project: SmallProject, capsys: pytest.CaptureFixture[str], algorithm: str, head: str
) -> None:
    people = {
        "God Ny; GOD@post.example ;;Torvet 7;5000;Odense C": "god@post.example",
        "Ib Tang;;20 10 00 09;Algade 5;4000;Roskilde": "+4520100009",
        "Eva Krog;;20 10 00 08;Nygade 8;5000;Odense C": "4520100008",
        "Per Lund;per.lund+fair@gmail.com;;Bygaden 2;8000;Aarhus C": "perlund@gmail.com",
        "Uden Hash;uden@post.example;;Torvet 5;5000;Odense C": "someone.else@post.example",
    }
    path = project.put("nejtak-hash.csv", [head, *(hashed(text, algorithm).upper() for text in people.values())])
    leads, out = leads_file(project, [f"{lead};{YES}" for lead in people]), project.folder / "washed.parquet"
    _, figures = told(project, capsys, str(leads), "--suppress", f"{path}@2025-12-20", "--out", str(out))
    assert pq.read_table(out).column("Verdict").to_pylist() == [*["suppressed"] * 4, "blocked"]
    assert figures["lists"][0]["hashed"] == {head: algorithm}
    assert any(algorithm.upper() in note for note in figures["notes"])


def test_where_no_model_scores_leads_the_figures_say_so(
    project: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    out = project.folder / "washed.parquet"
    _, figures = told(project, capsys, str(leads_file(project)), "--out", str(out))
    assert figures["priority"]["model"] is None
    assert pq.read_table(out).column("Priority").null_count == 10


def test_leads_come_and_go_as_excel_and_nothing_in_them_runs(
    project: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = project.folder / "leads.xlsx", project.folder / "washed.xlsx"
    odd = '=HYPERLINK("http://x.example");god@post.example;20 10 00 09;Torvet 7;5000;Odense C;' + YES
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        for place, line in enumerate([HEAD, *LEADS[:3], odd]):
            sheet.write_row(place, 0, line.split(";"))
    code, figures = told(project, capsys, str(path), "--against", "people", "--out", str(out))
    assert (code, figures["rows"]) == (0, 4)
    head, *rows = load_workbook(out).get_sheet_by_index(0).to_python()
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["Verdict"] for row in found] == ["existing_customer", "duplicate", "good", "good"]
    assert [row["Line"] for row in found] == [2, 3, 4, 5]
    assert (found[0]["Mobil"], found[3]["Navn (raw)"]) == ("'+4520100001", '\'=HYPERLINK("http://x.example")')
    with ZipFile(out) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_nickname_at_the_same_address_is_the_same_person(project: SmallProject) -> None:
    home = "Nygade 1;5000;Odense C"
    rows = [
        f"Kirsten Bruun;kb@post.example;;{home};{YES}",
        f"Stine Bruun;;20 10 00 07;{home};{YES}",
        f"Bent Bruun;bent@post.example;;{home};{YES}",
        f"Benny Bruun;benny@post.example;;Algade 44;4000;Roskilde;{YES}",
    ]
    assert [verdict for verdict, _ in verdicts(project, rows)] == ["good", "duplicate", "good", "good"]
