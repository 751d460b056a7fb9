"""Special categories: declared for a purpose with a condition alone, carried by what is worked out, refused elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import ORDERS, ORDERS_HEAD, PURPOSES, SmallProject, csv

from tillid.cli.main import answer
from tillid.terms.special_words import special_category_of_header

HEALTH = ORDERS.replace("item:   {name: item, type: text, category: user.behavior.purchase_history}",
                        "item:   {name: item, type: text, category: user.health_and_medical}")  # fmt: skip
COVERS_HEALTH = PURPOSES.replace("user.privacy_preferences]", "user.privacy_preferences, user.health_and_medical]")
WITH_CONDITION = COVERS_HEALTH.replace(
    "legal_basis: consent,", "legal_basis: consent, special_category_basis: explicit_consent,"
).replace("data_use: analytics,", "data_use: analytics, special_category_basis: health_care,")
VARIABLE = "variables:\n  pills: {of: orders, measure: count, where: {column: item, eq: pill}}\n"
PLAIN = "variables:\n  pills: {of: orders, measure: count, category: user.health_and_medical}\n"
SEGMENT = "segments:\n  ill: {purpose: analytics, rule: {variable: pills, gte: 1}}\n"


def _check(folder: Path, capfd: pytest.CaptureFixture[str], **files: str) -> str:
    SmallProject(folder, {f"{name.replace('__', '/')}.yml": text for name, text in files.items()})
    code = answer(["check", "--project", str(folder), "--as", "ole"])
    told = capfd.readouterr()
    assert code == (1 if ".yml:" in told.out else 0), told
    return told.out


def test_a_column_needs_a_purpose_with_a_condition(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = _check(tmp_path, capfd, sources__orders=HEALTH)
    assert "sources/orders.yml:10: `user.health_and_medical` is a special category (GDPR Art. 9)" in told
    assert "explicit_consent, employment_law" in told
    assert "`analytics`, `news`" in told


def test_a_purpose_that_covers_one_needs_a_condition(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "special_category_basis" in _check(tmp_path, capfd, purposes=COVERS_HEALTH)


def test_explicit_consent_is_no_condition_where_none_is_asked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    purposes = WITH_CONDITION.replace("health_care", "explicit_consent")
    assert "`explicit_consent` needs `legal_basis: consent`" in _check(tmp_path, capfd, purposes=purposes)


@pytest.mark.parametrize("variable", [VARIABLE, PLAIN])
def test_a_segment_that_uses_one_is_refused_without_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], variable: str
) -> None:
    purposes = WITH_CONDITION.replace("analytics: {data_use: analytics, special_category_basis: health_care,",
        "analytics: {data_use: analytics,").replace("user.health_and_medical]", "user.privacy_preferences]", 1)  # fmt: skip
    source = HEALTH if variable == VARIABLE else ORDERS
    told = _check(
        tmp_path, capfd, purposes=purposes, sources__orders=source, variables__v=variable, segments__s=SEGMENT
    )
    assert "segments/s.yml:2:" in told
    assert "user.health_and_medical" in told


def test_a_segment_tagged_by_hand_is_refused_without_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tagged = "segments:\n  ill:\n    purpose: news\n    category: user.health_and_medical\n    rule: {did: orders}\n"
    told = _check(tmp_path, capfd, sources__orders=ORDERS, segments__s=tagged)
    assert "segments/s.yml:4: `ill` tells of user.health_and_medical" in told


def test_what_is_worked_out_carries_the_category_in_every_query(tmp_path: Path) -> None:
    other = """\
  other: {data_use: operations, legal_basis: legitimate_interests, assessment: L, retention: 10 years,
          categories: [user.unique_id, user.behavior]}
"""
    files = {"purposes.yml": WITH_CONDITION + other, "variables/v.yml": VARIABLE}
    source = HEALTH.replace("[analytics, news]", "[analytics, news, other]")
    project = SmallProject(tmp_path, files | {"sources/orders.yml": source})
    project.put("data/orders.csv", csv(ORDERS_HEAD, ("1", "2025-12-01T10:00:00", "pill", 1)))
    project.run()
    assert project.sql("select pills from variables") == [{"pills": 1}]
    for column, table in (("pills", "variables"), ("item", "orders")):
        asked = ["sql", "--project", str(tmp_path), "--as", "ole", "--purpose", "other"]
        assert answer([*asked, f"select {column} from {table}"]) == 1


def test_a_header_that_tells_of_one_is_told_of(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/orders.yml": ORDERS.replace("item: ", "Diagnose: ")})
    project.put("data/orders.csv", csv(ORDERS_HEAD.replace("item", "Diagnose"), ("1", "2025-12-01T10:00:00", "x", 1)))
    taken, _ = project.build()
    assert any("Diagnose tells of user.health_and_medical" in finding for finding in taken.findings)


@pytest.mark.parametrize(("header", "category"), [
    ("Allergier", "user.health_and_medical"), ("blodtype", "user.health_and_medical"), ("DNA", "user.health_and_medical.genetic"),
    ("Godsdienst", "user.demographic.religious_belief"), ("trossamfunn", "user.demographic.religious_belief"),
    ("Parti", "user.demographic.political_opinion"), ("vakbond", "user.demographic.trade_union_membership"),
    ("fagforeningsnr", "user.demographic.trade_union_membership"), ("Etnicitet", "user.demographic.race_ethnicity"),
    ("orientation sexuelle", "user.demographic.sexual_orientation"), ("casier judiciaire", "user.criminal_history"),
    ("empreinte", "user.biometric"), ("numéro national", "user.government_id.national_identification_number"),
    ("burgerservicenummer", "user.government_id.national_identification_number"),
])  # fmt: skip
def test_headers_in_five_languages(header: str, category: str) -> None:
    assert special_category_of_header(header) == category


@pytest.mark.parametrize("header", [
    "Kundenr.", "department", "Køn", "Geslacht", "E-mail", "Antal", "postcode", "union_jack_size", "trace_id", "Departement",
    "Personale", "By", "race_result", "medlemsnr",
])  # fmt: skip
def test_headers_that_tell_of_none(header: str) -> None:
    assert special_category_of_header(header) is None
