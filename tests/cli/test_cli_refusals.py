"""Each refusal: exit 1, a reason, and an entry in the audit log that says who asked what for."""

from __future__ import annotations

import pytest

MAIL = "ida@mail.example"

REFUSED = {
    "select 1": ("", "PurposeMissing"),
    "select 2": ("growth", "PurposeUnknown"),
    "select email from people": ("analysis", "ColumnOutsidePurpose"),
    "copy people to 'people.csv'": ("analysis", "StatementNotAllowed"),
    "attach 'other.db'": ("analysis", "StatementNotAllowed"),
    "select * from read_csv('data/crm.csv')": ("analysis", "OperationNotAllowed"),
    "install httpfs": ("analysis", "StatementNotAllowed"),
    "pragma database_list": ("analysis", "StatementNotAllowed"),
    "set memory_limit = '1GB'": ("analysis", "StatementNotAllowed"),
    "select 1; select 2": ("analysis", "StatementNotAllowed"),
    "select * from information_schema.tables": ("analysis", "StatementNotAllowed"),
    "selec 1 frm": ("analysis", "StatementNotAllowed"),
    "select * from persons": ("analysis", "TableUnknown"),
    "select nosuch from people": ("analysis", "ColumnUnknown"),
    "select value from subjects": ("analysis", "TableNotForPurpose"),
}


@pytest.mark.parametrize(("text", "purpose", "kind"), [(text, *why) for text, why in REFUSED.items()])
def test_sql_that_is_refused(kiosk, tillid, audit, text, purpose, kind) -> None:
    asked = ("--purpose", purpose) if purpose else ()
    said = tillid("sql", *asked, text, "--json")
    assert (said.code, said.error["kind"]) == (1, kind)
    assert said.error["message"]
    (entry,) = audit()
    assert (entry["kind"], entry["actor"], entry["verb"], entry["purpose"]) == ("refused", "ole", "sql", purpose)
    assert entry["rule"]
    assert said.error["message"] in entry["reason"]
    assert entry["sql"]


def test_a_refusal_keeps_no_value_of_the_statement(kiosk, tillid) -> None:
    tillid("sql", "--purpose", "analysis", f"select count(*) from people where email = '{MAIL}' -- {MAIL}")
    log = (kiosk / ".tillid" / "audit.ndjson").read_text()
    assert "column_covered" in log
    assert MAIL not in log


@pytest.mark.parametrize(
    "verb", [("sql", "select 1"), ("person", MAIL), ("explain", "person", MAIL), ("explain", "sql", "select 1")]
)
def test_a_purpose_left_out_is_a_refusal(kiosk, tillid, audit, verb) -> None:
    said = tillid(*verb, "--json")
    assert (said.code, said.error["kind"]) == (1, "PurposeMissing")
    (entry,) = audit()
    assert (entry["rule"], entry["verb"], entry["purpose"]) == ("purpose_named", " ".join(verb[:-1]), "")
    assert MAIL not in (kiosk / ".tillid" / "audit.ndjson").read_text()


def test_the_parser_keeps_its_doubts_to_itself(kiosk, tillid) -> None:
    said = tillid("sql", "--purpose", "analysis", f"call lookup('{MAIL}')")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert MAIL not in said.err


EVERY_VERB = [
    ("check",),
    ("plan",),
    ("run",),
    ("sql", "--purpose", "analysis", "select 1"),
    ("count", "big"),
    ("person", MAIL, "--purpose", "letters"),
    ("explain", "person", MAIL, "--purpose", "letters"),
    ("explain", "segment", "big"),
    ("explain", "variable", "spent"),
    ("explain", "activation", "letters"),
    ("explain", "sql", "--purpose", "analysis", "select 1"),
    ("activate", "--dry-run"),
    ("suggest", "data/crm.csv"),
    ("doctor",),
]


@pytest.mark.parametrize("verb", EVERY_VERB, ids=" ".join)
def test_whoever_is_not_listed_is_refused_by_every_verb(kiosk, tillid, audit, verb) -> None:
    said = tillid("--as", "eve", *verb, "--json")
    assert (said.code, said.error["kind"]) == (1, "ActorUnknown")
    (entry,) = audit()
    assert (entry["kind"], entry["actor"], entry["rule"]) == ("refused", "eve", "actor_listed")
    assert entry["verb"] == " ".join(word for word in verb[:2] if verb[0] == "explain" or word == verb[0])
    assert not (kiosk / ".tillid" / "store.duckdb").exists()


def test_a_purpose_that_no_role_of_the_actor_may_use(kiosk, tillid, audit) -> None:
    said = tillid("--as", "ane", "sql", "--purpose", "letters", "select count(*) from people", "--json")
    assert said.error["kind"] == "PurposeNotPermitted"
    assert audit()[0]["rule"] == "purpose_permitted"


def test_a_category_that_the_actor_may_not_see(kiosk, tillid, audit) -> None:
    said = tillid("--as", "ane", "sql", "--purpose", "analysis", "select customer_no from people", "--json")
    assert said.error["kind"] == "CategoryNotVisible"
    assert audit()[0]["rule"] == "category_visible"
