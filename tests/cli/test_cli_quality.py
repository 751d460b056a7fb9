"""`tillid quality`: as a table, as JSON, as a page, and what it refuses."""

from __future__ import annotations


def test_quality_before_and_after_a_run(kiosk, tillid) -> None:
    said = tillid("quality")
    assert said.code == 0, said.err
    assert "No file of it has been read" in said.out
    assert tillid("run", "--json").json["quality"] == "quality.html"
    assert (kiosk / "quality.html").read_text().rstrip().endswith("</html>")
    shown = tillid("quality", "orders").out
    assert "5 rows read, 1 refused, 0 held back" in shown
    assert "20 % of the rows refused" not in shown
    answer = tillid("quality", "crm", "--json", "--report", "page.html").json
    assert [source["name"] for source in answer["sources"]] == ["crm"]
    assert answer["report"] == "page.html"
    assert "crm" in (kiosk / "page.html").read_text()
    assert "ida@mail.example" not in str(answer)


def test_a_source_that_is_not_there_and_an_actor_who_may_not(kiosk, tillid, audit) -> None:
    error = tillid("quality", "cmr", "--json").error
    assert (error["kind"], "crm" in error["hint"]) == ("NotDefined", True)
    refused = tillid("quality", "--as", "ane", "--json").error
    assert refused["kind"] == "PurposeNotPermitted"
    assert audit()[-1]["kind"] == "refused"
    failed = tillid("quality", "--report", "nowhere/page.html", "--json").error
    assert failed["kind"] == "ReportNotWritten"
    assert not (kiosk / "nowhere").exists()
