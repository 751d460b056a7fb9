"""tillid link over files as people have them: what is found, what is handed back, and how mistakes are told."""

from __future__ import annotations

import csv
import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tillid.stages.resolve.link.roles import Role
from tillid.testing.made_up import made_up_people
from tillid.testing.respelled import respelled

CUSTOMERS = """\
Fornavn;Efternavn;Født;E-mail;Vej;Husnr;Postnr;By;Kundenr
Ida;Holm;03-04-1985;ida@mail.example;Vestergade;7;5000;Odense;K1
Bo;Dahl;25-12-1970;bo@mail.example;Algade;3;4000;Roskilde;K2
Eva;Krog;01-02-1990;eva@post.example;Torvet;5;8000;Aarhus;K3
Nina;Lund;11-11-1960;;Parkvej;9;9000;Aalborg;K4
"""
FAIR = """\
Full name,Email,Address,Postcode,Town,Date of birth
Per Smed,per@post.example,Storegade 1,6000,Kolding,1955-01-05
Ida Holm,ida@mail.example,Vestergade 7,5000,Odense,1985-04-03
Bo Dal,bo@post.example,Algade 3,4000,Roskilde,1970-12-25
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="latin-1")
    (tmp_path / "fair.csv").write_text(FAIR)
    return tmp_path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_two_lists_are_linked_though_their_headers_and_notations_differ(here, tillid):
    said = tillid("link", "customers.csv", "fair.csv", "--out", "linked.csv", "--json")
    assert said.code == 0
    assert (said.json["records"], said.json["clusters"], said.json["linked_records"]) == (7, 5, 4)
    rows = _rows(here / "linked.csv")
    assert list(rows[0]) == ["row", "side", "cluster_id", "probability", "match_weight", "reason"]
    assert [(r["side"], r["row"], r["cluster_id"]) for r in rows] == [
        *(("left", "1", "1"), ("left", "2", "2"), ("left", "3", "3"), ("left", "4", "4")),
        *(("right", "1", "5"), ("right", "2", "1"), ("right", "3", "2")),
    ]
    ida, bo, alone = rows[0], rows[1], rows[2]
    assert ida["reason"].endswith("(with record right 2)")
    assert {"same e-mail", "same birth date"} <= set(ida["reason"].partition(" (")[0].split(", "))
    assert {"surname spelled otherwise", "same birth date"} <= set(bo["reason"].partition(" (")[0].split(", "))
    assert (alone["probability"], alone["match_weight"], alone["reason"]) == ("", "", "")


def test_no_value_of_a_record_is_handed_back(here, tillid):
    said = tillid("link", "customers.csv", "fair.csv", "--out", "linked.csv")
    written = (here / "linked.csv").read_text() + said.out + said.err
    assert not [value for value in ("Holm", "ida@", "04-1985", "1985-04", "Odense", "Vestergade") if value in written]


def test_what_was_guessed_is_shown(here, tillid):
    said = tillid("link", "customers.csv", "--out", "linked.csv")
    assert said.code == 0
    assert "birth date   Født" in said.out
    assert "left out: Kundenr (its values do not repeat, or count the rows)" in said.out
    assert "4 records in 4 clusters; 0 are linked with others" in said.out


def test_a_sheet_and_parquet_are_read_and_written(here, tillid):
    with xlsxwriter.Workbook(here / "a.xlsx") as book:
        sheet, days = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Navn", "Fødselsdag"])
        sheet.write(1, 0, "Ida Holm")
        sheet.write_datetime(1, 1, date(1985, 4, 3), days)
    pq.write_table(pa.table({"naam": ["Ida Holm"], "geboortedatum": [date(1985, 4, 3)]}), here / "b.parquet")
    for out in ("out.xlsx", "out.parquet"):
        assert tillid("link", "a.xlsx", "b.parquet", "--out", out).code == 0
    made = pq.read_table(here / "out.parquet")
    assert made.column("cluster_id").to_pylist() == [1, 1]
    assert "same birth date" in made.column("reason")[0].as_py()
    assert (here / "out.xlsx").read_bytes()[:2] == b"PK"


def test_rows_that_cannot_be_taken_apart_keep_their_place(here, tillid):
    (here / "torn.csv").write_text("Navn;Mail\nIda Holm;ida@mail.example\na;b;c;d\nIda Holm;ida@mail.example\nBo;\n")
    assert tillid("link", "torn.csv", "--out", "out.csv").code == 0
    rows = _rows(here / "out.csv")
    assert [(r["row"], r["cluster_id"]) for r in rows] == [("1", "1"), ("2", ""), ("3", "1"), ("4", "4")]
    assert rows[0]["reason"].endswith("(with record 3)")
    assert rows[1]["reason"] == "the row could not be taken apart"


def test_a_mapped_role_is_not_guessed_and_only_mapped_guesses_nothing(here, tillid):
    def roles(*options: str) -> dict[str, list[str]]:
        return tillid("link", "customers.csv", "--out", "o.csv", "--json", *options).json["lists"][0]["roles"]

    assert roles("--map", "text=Postnr")["text"] == ["Postnr"]
    assert "postcode" not in roles("--map", "text=Postnr")
    assert roles("--map", "first_name=Efternavn", "--map", "first_name=Fornavn")["first_name"] == [
        "Efternavn",
        "Fornavn",
    ]
    assert roles("--map", "email=E-mail", "--only-mapped") == {"email": ["E-mail"]}
    assert roles("--map", "other_id=Kundenr")["other_id"] == ["Kundenr"]


def test_columns_of_two_lists_can_be_named_side_by_side(here, tillid):
    (here / "a.csv").write_text("x;y\nida@mail.example;Tandlæge\nbo@mail.example;Smed\n", encoding="utf-8")
    (here / "b.csv").write_text("p;q\nSmed;bo@mail.example\nMaler;per@mail.example\n")
    maps = ("left.email=x", "right.email=q", "left.text=y", "right.text=p")
    options = [part for one in maps for part in ("--map", one)]
    said = tillid("link", "a.csv", "b.csv", *options, "--only-mapped", "--out", "o.csv", "--json")
    assert [one["roles"] for one in said.json["lists"]] == [
        {"email": ["x"], "text": ["y"]},
        {"email": ["q"], "text": ["p"]},
    ]
    rows = _rows(here / "o.csv")
    assert [r["cluster_id"] for r in rows] == ["1", "2", "2", "4"]
    assert "same y" in rows[1]["reason"]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (["customers.csv", "--map", "fulname=Fornavn"], "RoleUnknown", ("'fulname'", "Did you mean 'full_name'?", "other_id")),
        (["customers.csv", "--map", "email=Emails"], "NoSuchColumn", ("customers.csv", "'Emails'", "E-mail", "Kundenr")),
        (["customers.csv", "fair.csv", "--map", "email=Maill"], "NoSuchColumn", ("Neither customers.csv nor fair.csv",)),
        (["customers.csv", "fair.csv", "--map", "left.email=Email"], "NoSuchColumn", ("customers.csv", "E-mail")),
        (["customers.csv", "--map", "right.email=E-mail"], "RoleNotSaid", ("no right list",)),
        (["customers.csv", "--map", "E-mail"], "RoleNotSaid", ("ROLE=COLUMN",)),
        (["customers.csv", "--evaluate", "Kundenummer"], "NoSuchColumn", ("customers.csv", "Did you mean 'Kundenr'?")),
        (["customers.csv", "fair.csv", "--evaluate", "Kundenr"], "NoSuchColumn", ("fair.csv",)),
        (["customers.csv", "--map", "text=Kundenr", "--evaluate", "Kundenr"], "ColumnBarred", ("truth",)),
        (["ids.csv", "--evaluate", "who"], "TruthEmpty", ("'who'",)),
        (["customers.csv", "--only-mapped"], "NothingToCompare", ("customers.csv", "--map")),
        (["customers.csv", "--map", "city=By", "--only-mapped"], "NothingToCompare", ("customers.csv",)),
        (["none.csv"], "ListEmpty", ("none.csv has no rows",)),
        (["nowhere.csv"], "FileMissing", ("nowhere.csv",)),
        (["ids.csv", "--map", "other_id=CPR"], "ColumnBarred", ("'CPR'", "identity numbers")),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_would_be_right(here, tillid, arguments, kind, words):
    (here / "none.csv").write_text("Navn;Mail\n")
    (here / "ids.csv").write_text("Navn;CPR;who\nIda;x1;\nBo;x2; \n")
    said = tillid("link", *arguments, "--out", "o.csv", "--json")
    assert said.code == 1
    assert said.error["kind"] == kind
    told = f"{said.error['message']} {said.error['hint']}"
    assert [word for word in words if word not in told] == []
    assert not (here / "o.csv").exists()


def test_lists_that_share_nothing_are_refused(here, tillid):
    (here / "a.csv").write_text("Mail;By\nida@mail.example;Odense\n")
    (here / "b.csv").write_text("Navn;By\nIda Holm;Odense\n")
    said = tillid("link", "a.csv", "b.csv", "--out", "o.csv", "--json")
    assert said.error["kind"] == "NothingToCompare"
    assert "a.csv has city, email; b.csv has city, full_name" in said.error["message"]


@pytest.mark.parametrize("out", ["customers.csv", "../{folder}/customers.csv", "link.csv"])
def test_a_list_that_is_read_is_never_overwritten(here, tillid, out):
    (here / "link.csv").symlink_to(here / "customers.csv")
    before = (here / "customers.csv").read_bytes()
    said = tillid("link", "fair.csv", "customers.csv", "--out", out.format(folder=here.name), "--json")
    assert said.error["kind"] == "WouldOverwrite"
    assert (here / "customers.csv").read_bytes() == before


def test_a_page_that_would_overwrite_a_list_is_refused(here, tillid):
    (here / "o.evaluation.html").write_text("<table><tr><td>Navn</td></tr><tr><td>Ida</td></tr></table>")
    said = tillid("link", "o.evaluation.html", "--out", "o.csv", "--evaluate", "Navn", "--json")
    assert said.error["kind"] == "WouldOverwrite"


class Seen(HTMLParser):
    """The tags and attributes of a page; what is not closed is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture
def twice(here: Path) -> Path:
    """A list in which every third person comes a second time, misspelled; `who` says which records are one."""
    rng = Random(4)
    people = made_up_people(300, seed=6)
    records = [(n, person) for n, person in enumerate(people)]
    records += [(n, respelled(people[n], rng)) for n in range(0, 300, 3)]
    rng.shuffle(records)
    with (here / "twice.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Fornavn", "Efternavn", "E-mail", "Vej", "Postnr", "By", "who<b>"])
        for n, one in records:
            writer.writerow([one.first_name, one.last_name, one.email, one.street, one.postcode, one.city, f"E{n}"])
    return here / "twice.csv"


def test_an_evaluation_says_how_right_the_clusters_are_and_draws_it(here, twice, tillid):
    said = tillid("link", "twice.csv", "--out", "o.csv", "--evaluate", "who<b>", "--json")
    told = said.json
    assert told["records"] == 400
    assert told["pairs"]["f1"] > 0.9
    assert told["clusters_exact"]["f1"] > 0.9
    assert told["b_cubed"]["f1"] > 0.9
    assert told["blocking_recall"] > 0.9
    assert 0 <= told["calibration_error"] < 0.2
    assert "who<b>" not in [header for one in told["lists"] for header in one["guessed"]]
    assert told["evaluation"] == "o.evaluation.html"
    text = (here / "o.evaluation.html").read_text()
    page = Seen(text)
    assert page.tags.count("svg") == 2
    assert "script" not in page.tags
    assert "who&lt;b&gt;" in text
    assert not [value for name, value in page.attributes if name in ("src", "href")]
    assert "Precision" in text
    shown = tillid("link", "twice.csv", "--out", "o.csv", "--evaluate", "who<b>")
    assert "blocking recall" in shown.out
    assert f"{told['pairs']['f1']:.4f}" in shown.out


def test_the_truth_says_nothing_to_linking(here, twice, tillid):
    tillid("link", "twice.csv", "--out", "with.csv", "--evaluate", "who<b>")
    lines = (here / "twice.csv").read_text().splitlines()
    (here / "twice.csv").write_text("\n".join(line.rpartition(";")[0] for line in lines) + "\n")
    tillid("link", "twice.csv", "--out", "without.csv")
    assert (here / "with.csv").read_bytes() == (here / "without.csv").read_bytes()


def test_a_former_output_is_replaced_whole(here, tillid):
    (here / "o.csv").write_text("former\n" * 1000)
    assert tillid("link", "customers.csv", "--out", "o.csv").code == 0
    assert len(_rows(here / "o.csv")) == 4
    assert sorted(path.name for path in here.iterdir()) == ["customers.csv", "fair.csv", "o.csv"]


def test_json_has_the_keys_that_programs_read(here, tillid):
    (here / "t.csv").write_text("Navn;Mail;who\nIda Holm;ida@mail.example;1\nIda Holm;ida@mail.example;1\nBo Dahl;;2\n")
    bare = tillid("link", "t.csv", "--out", "o.csv", "--json").json
    assert {"records", "clusters", "seconds"} <= set(bare)
    assert "pairs" not in bare
    told = tillid("link", "t.csv", "--out", "o.csv", "--evaluate", "who", "--json").json
    assert told["pairs"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert {"clusters_exact", "b_cubed", "blocking_recall", "calibration_error"} <= set(told)
    assert json.dumps(told)


def test_help_names_every_role(tillid):
    said = tillid("link", "--help")
    assert [role for role in Role if str(role) not in said.out] == []
