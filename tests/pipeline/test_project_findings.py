"""A finding names the place, what is valid and what was probably meant."""

from __future__ import annotations

from tillid.pipeline.project.findings import LISTED_AT_MOST, Finding, Findings, nearest, shortened, unknown


def test_findings_come_by_file_and_line_and_only_once() -> None:
    findings = Findings()
    findings.add("b.yml", 1, "x")
    findings.add("a.yml", 10, "x")
    findings.add("a.yml", 2, "x")
    findings.add("a.yml", 2, "x")
    assert [str(one) for one in findings.in_order()] == ["a.yml:2: x", "a.yml:10: x", "b.yml:1: x"]
    assert len(findings) == 3


def test_the_nearest_name_is_found_without_regard_to_case() -> None:
    assert nearest("Newsleter", ["analytics", "newsletter"]) == "newsletter"
    assert nearest("da", ["no"]) is None
    assert nearest("", ["no"]) is None


def test_a_part_of_a_name_is_near_to_it() -> None:
    assert nearest("email", ["user.name.first", "user.contact.email"]) == "user.contact.email"


def test_few_choices_are_listed_whole_and_many_by_nearness() -> None:
    few = [f"name{n:02}" for n in range(LISTED_AT_MOST)]
    assert unknown("thing", "nome01", few).count("name") == LISTED_AT_MOST + 1
    many = [f"name{n:02}" for n in range(LISTED_AT_MOST + 1)]
    assert f"({len(many)} in all)" in unknown("thing", "nome01", many)
    assert unknown("thing", "zzzz", many).endswith(f"Valid: {len(many)} names")


def test_a_word_in_a_message_is_one_short_line() -> None:
    assert shortened("a\nb") == "a b"
    assert len(shortened("x" * 500)) == 60
    assert str(Finding("a.yml", 3, "wrong")) == "a.yml:3: wrong"
