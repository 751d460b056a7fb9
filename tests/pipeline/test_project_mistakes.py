"""Every mistake in a project folder is one finding with file, line and what to do, and all come in one go."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tillid.pipeline.project.errors import ProjectHasMistakes, ProjectNotFound
from tillid.pipeline.project.findings import Finding
from tillid.pipeline.project.load import find_project, load_or_refuse, load_project

NORDBY = Path(__file__).parent / "nordby"


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new` in `file`; the finding is expected on the line where `at` (or `new`) stands."""

    file: str
    old: str
    new: str
    says: str
    at: str = ""

    def plant(self, folder: Path) -> None:
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) >= 1, f"{self.old!r} is not in {self.file}"
        path.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")

    def line(self, folder: Path) -> int:
        text = (folder / self.file).read_text(encoding="utf-8")
        return text[: text.index(self.at or self.new)].count("\n") + 1


MISTAKES = [
    # What may stand in a file
    Mistake("tillid.yml", "controller:", "controler:", "unknown key `controler`; did you mean `controller`?"),
    Mistake("tillid.yml", "contact: dpo@nordby.example\n", "", "`contact` is missing", at="name: nordby"),
    Mistake("tillid.yml", "name: nordby", "name: Nord by", "`name` must be a name of small letters"),
    Mistake("tillid.yml", "store: duckdb", "store: ducksdb", "unknown store `ducksdb`; did you mean `duckdb`?"),
    Mistake("tillid.yml", "country: NO", "country: no", "`country` must be a country code"),
    Mistake("tillid.yml", "languages: [da, en]", "languages: da", "`languages` must be a list, not text"),
    Mistake("tillid.yml", "2026-10-01", "2026-13-01", "`as_of` must be a date"),
    Mistake("tillid.yml", "[user.contact.email,", "[user.contact.emial,", "did you mean `user.contact.email`?"),
    Mistake("purposes.yml", "label: Newsletter by", "lable: Newsletter by", "did you mean `label`?"),
    Mistake("purposes.yml", "legal_basis: consent", "legal_basis: consnt", "did you mean `consent`?"),
    Mistake("purposes.yml", "communications.email", "communication.email", "unknown data use"),
    Mistake("purposes.yml", "retention: 24 months", "retention: 24 moons", "`retention` must be a time"),
    Mistake("purposes.yml", "retention: 24 months", "retention: 24", "`retention` must be text, not a number"),
    Mistake("purposes.yml", "retention: 24 months", "retention: 99999 years", "200 years"),
    Mistake("purposes.yml", "data_subjects: [customer]", "data_subjects: [custmer]", "did you mean `customer`?"),
    Mistake("purposes.yml", "    notices: [newsletter-2026]\n", "", "needs `notices`", at="newsletter:"),
    Mistake("purposes.yml", "    assessment: LIA-2026-1\n", "", "needs `assessment`", at="linking:"),
    Mistake("purposes.yml", "user.behavior, user", "user.health_and_medical, user.behavior, user", "special category"),
    Mistake("variables/purchases.yml", "basket:", "Basket:", "must be a name of small letters"),
    Mistake("sources/crm.yml", "kind: people", "kind: peple", "did you mean `people`?"),
    Mistake("sources/crm.yml", "files: data/crm*.csv", "files: {a: b}", "`files` must be a list"),
    Mistake("sources/crm.yml", "wash: postcode", "wsh: postcode", "did you mean `wash`?"),
    Mistake("sources/crm.yml", "category: user.name.first, ", "", "`category` is missing", at="Fornavn:"),
    Mistake("sources/crm.yml", "type: text, category: user.name.first", "type: txt, category: user.name.first",
            "`type` must be one of text"),
    Mistake("sources/crm.yml", "category: user.name.first", "category: user.name.fist", "unknown data category"),
    Mistake("sources/crm.yml", "load: snapshot", "load: [snapshot]", "`load` must be text, not a list"),
    Mistake("sources/orders.yml", "time: occurred_at\n", "", "`kind: events` needs `time`", at="kind: events"),
    Mistake("sources/robinson.yml", "bars: [newsletter, marketing.communications]\n", "", "needs `bars`",
            at="kind: suppressions"),
    Mistake("variables/purchases.yml", "measure: sum", "measure: summ", "did you mean `sum`?"),
    Mistake("variables/purchases.yml", "measure: count,", "measure: sum,", "`measure: sum` needs `column`"),
    Mistake("variables/purchases.yml", "measure: count,", "measure: share,", "`measure: share` needs `where`"),
    Mistake("variables/purchases.yml", "{column: quantity, gt: 0}", "{colunm: quantity, gt: 0}",
            "did you mean `column`?"),
    Mistake("variables/purchases.yml", "gt: 0}", "gt: 0, lt: 9}", "only one of them"),
    Mistake("variables/purchases.yml", "{column: quantity, gt: 0}", "{column: quantity}", "one of these keys"),
    Mistake("variables/purchases.yml", "window: 12 months\n", "window: a year\n", "`window` must be a time"),
    Mistake("segments/lapsed.yml", "    purpose: newsletter\n", "", "`purpose` is missing", at="lapsed:"),
    Mistake("segments/lapsed.yml", "did: web", "didd: web", "did you mean `did`?"),
    Mistake("segments/lapsed.yml", "at_least: 2", "at_least: some", "must be a whole number, not text"),
    Mistake("segments/lapsed.yml", "at_least: 2", "at_least: 2, exactly: 2", "cannot stand beside"),
    Mistake("segments/lapsed.yml", "in: [DK, NO]", "in: []", "`in` is an empty list"),
    Mistake("segments/lapsed.yml", "{variable: revenue_12m, gte: 1000}", "{variable: revenue_12m, gte: [1]}",
            "must be one value"),
    Mistake("segments/lapsed.yml", "- {trait: country, in: [DK, NO]}", "- lapsed", "a rule must be a mapping"),
    Mistake("destinations/files.yml", "kind: file", "kind: flie", "did you mean `file`?"),
    Mistake("destinations/files.yml", "format: csv, separator: \";\", encoding: utf-8-sig",
            'format: parquet, separator: ";"', "cannot stand beside"),
    Mistake("destinations/files.yml", "out/newsletter.csv", "../newsletter.csv", "inside the project folder"),
    Mistake("destinations/files.yml", "utf-8-sig", "utf-9", "No such encoding"),
    Mistake("activations/newsletter.yml", "columns:\n", "columns: []\n", "not valid YAML", at="      E-mail:"),
    Mistake("profile.yml", "rule: newest", "rule: newst", "did you mean `newest`?"),
    Mistake("profile.yml", "from: [crm.email]", "from: [email]", "a source and a column"),
    Mistake("profile.yml", "order: [crm]", "order: [crn]", "There is no source of this trait"),
    Mistake("tillid.yml", "  ole: [steward]\n  ida: [marketer]\n", "  {}\n", "`users` is empty", at="users:"),
    Mistake("sources/crm.yml", "load: snapshot", "load: snapshot\nheader_row: 0", "must be at least 1", at="header_row"),
    Mistake("sources/crm.yml", "load: snapshot", "load: snapshot\nheader_row: one", "must be a whole number",
            at="header_row"),
    Mistake("sources/crm.yml", "wash: name}", "wash: name, required: some}", "must be true or false", at="Fornavn:"),
    Mistake("sources/orders.yml", "amount, type: money", "amount, type: 'decimal(2,9)'", "s at most p"),
    Mistake("sources/consents.yml", "purpose: newsletter", "purpose: newsletter\nbars: [newsletter]",
            "`bars` cannot stand beside `kind: consents`", at="bars:"),
    Mistake("segments/lapsed.yml", "did: web", "trait: country, did: web", "a rule has only one of them"),
    Mistake("segments/lapsed.yml", "{trait: country, in: [DK, NO]}", "{within: 1 year}", "a rule needs one of these"),
    # What refers to something else
    Mistake("tillid.yml", "country: NO", "country: XX", "unknown country `XX`"),
    Mistake("tillid.yml", "Europe/Copenhagen", "Europe/Copenhague", "did you mean `Europe/Copenhagen`?"),
    Mistake("tillid.yml", "purposes: [newsletter]", "purposes: [newsleter]", "did you mean `newsletter`?"),
    Mistake("tillid.yml", "ida: [marketer]", "ida: [marketeer]", "unknown role `marketeer`; did you mean `marketer`"),
    Mistake("sources/crm.yml", "newsletter, linking]", "newsletter, linkin]", "did you mean `linking`?"),
    Mistake("sources/web.yml", "  newsletter: context", "  newslettr: context", "unknown purpose `newslettr`"),
    Mistake("sources/consents.yml", "purpose: newsletter", "purpose: newsletters", "did you mean `newsletter`?"),
    Mistake("sources/robinson.yml", "marketing.communications]", "marketing.comunications]",
            "did you mean `marketing.communications`?"),
    Mistake("sources/crm.yml", "key: customer_no", "key: customer", "unknown column `customer`"),
    Mistake("sources/crm.yml", "name: phone", "name: postcode", "two headers have the name `postcode`",
            at="Mobil:"),
    Mistake("sources/crm.yml", "[Intern note]", "[Mobil]", "`Mobil` is under `columns` too"),
    Mistake("sources/robinson.yml", ", identifier: phone", "", "no column has an `identifier`", at="columns:"),
    Mistake("sources/products.yml", "name: title, type: text", "name: title, identifier: sku, type: text",
            "a source of things is about no person"),
    Mistake("sources/consents.yml", "name: at,", "name: on,", "needs a column named `at`", at="kind:"),
    Mistake("sources/consents.yml", "purpose: newsletter\n", "", "needs a column named `purpose`", at="kind:"),
    Mistake("sources/consents.yml", "name: at, type: date", "name: at, type: text", "must be timestamp or date"),
    Mistake("profile.yml", "crm.email", "crm.emial", "unknown column of `crm` `emial`; did you mean `email`?"),
    Mistake("profile.yml", "[crm.email]\n    order: [crm]", "[orders.amount]", "unknown source of people `orders`"),
    Mistake("variables/purchases.yml", "of: orders\n", "of: order\n", "did you mean `orders`?"),
    Mistake("variables/purchases.yml", "of: orders, measure: count", "of: crm, measure: count",
            "unknown source of events `crm`"),
    Mistake("variables/purchases.yml", "column: amount", "column: amuont", "did you mean `amount`?"),
    Mistake("variables/purchases.yml", "{column: quantity", "{column: quantiti", "did you mean `quantity`?"),
    Mistake("variables/purchases.yml", "nullif(orders_12m", "nullif(order_12m", "did you mean `orders_12m`?"),
    Mistake("variables/purchases.yml", "orders_12m, 0)", "orders_12m, 0", "sql"),
    Mistake("variables/purchases.yml", '"revenue_12m / nullif(orders_12m, 0)"', '"revenue_12m / basket"',
            "basket → basket"),
    Mistake("variables/purchases.yml", "basket:", "postcode:", "`postcode` is a trait too"),
    Mistake("segments/lapsed.yml", "variable: revenue_12m", "variable: revenue_12n", "did you mean `revenue_12m`?"),
    Mistake("segments/lapsed.yml", "trait: country", "trait: county", "did you mean `country`?"),
    Mistake("segments/lapsed.yml", "trait: country, in: [DK, NO]", "trait: basket, gt: 1", "`basket` is a variable"),
    Mistake("segments/lapsed.yml", "did: web", "did: wob", "unknown source of events `wob`; did you mean `web`?"),
    Mistake("segments/lapsed.yml", "column: event", "column: evnt", "did you mean `event`?"),
    Mistake("activations/newsletter.yml", "segment: lapsed", "segment: lapse", "unknown segment `lapse`"),
    Mistake("activations/newsletter.yml", "destination: newsletter_file", "destination: newsletter_fil",
            "did you mean `newsletter_file`?"),
    Mistake("activations/newsletter.yml", "purpose: newsletter", "purpose: newslettr", "did you mean `newsletter`?"),
    Mistake("activations/newsletter.yml", "Navn: first_name", "Navn: firstname", "did you mean `first_name`?"),
    Mistake("sources/orders.yml", "collected_for: [order_handling, newsletter]\n", "", "`collected_for`",
            at="kind: events"),
    Mistake("sources/consents.yml", "purpose: newsletter", "purpose: newsletter\nstate: given",
            "`state` is a column too", at="state:"),
    Mistake("variables/purchases.yml", "[{column: amount", "[{column: amuont", "did you mean `amount`?"),
    Mistake("variables/purchases.yml", "column: occurred_at", "column: ocurred_at", "did you mean `occurred_at`?"),
    # What is Tillid's own
    Mistake("sources/products.yml", "kind: things", "name: people\nkind: things", "a table of Tillid's own"),
    Mistake("sources/products.yml", "kind: things", "name: staged_crm\nkind: things", "a table of Tillid's own"),
    Mistake("sources/products.yml", "kind: things", "name: segment__lapsed\nkind: things", "Tillid's own"),
    Mistake("sources/products.yml", "name: title", "name: received", "a column of Tillid's own"),
    Mistake("sources/products.yml", "name: title", "name: subject_id", "a column of Tillid's own"),
    Mistake("sources/crm.yml", "name: phone", "name: email_raw", "a column of Tillid's own", at="Mobil:"),
    # What is of another type
    Mistake("variables/purchases.yml", "gt: 0}", "gt: none}", "text cannot be compared with int64"),
    Mistake("variables/purchases.yml", "of: orders, measure: count", "of: web, measure: mean, column: event",
            "string"),
    Mistake("variables/purchases.yml", "nullif(orders_12m, 0)", "median(orders_12m)", "not allowed"),
    Mistake("segments/lapsed.yml", "gte: 1000", "gte: much", "text cannot be compared with decimal"),
    Mistake("segments/lapsed.yml", "in: [DK, NO]", "in: [DK, 45]", "Put it in quotes"),
    Mistake("segments/lapsed.yml", "gt: 99.5", "contains: x", "'contains' is for text"),
    # What a purpose covers
    Mistake("activations/newsletter.yml", "Navn: first_name", "Mobil: phone",
            "`phone` uses `crm.phone` (user.contact.phone_number), which the purpose `newsletter` does not cover"),
    Mistake("segments/lapsed.yml", "column: event", "column: device_id",
            "`web.device_id` (user.device), which the purpose `newsletter` does not cover"),
    Mistake("segments/lapsed.yml", "trait: country, in: [DK, NO]", "trait: customer_no, is_null: true",
            "`customer_no` uses `crm.customer_no` (user.unique_id)"),
    Mistake("sources/web.yml", "  newsletter: context", "  order_handling: context",
            "no row of `web` is collected for `newsletter`"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(NORDBY, tmp_path / "nordby")


def test_a_project_without_mistakes_has_no_findings() -> None:
    project, findings = load_project(NORDBY)
    assert findings == []
    assert project == load_or_refuse(NORDBY)
    assert project is not None
    assert list(project.variables) == ["revenue_12m", "orders_12m", "basket"]
    assert list(project.sources) == ["consents", "crm", "orders", "products", "robinson", "web"]
    assert [role.name for role in project.users["ida"].roles] == ["marketer"]
    assert project.country == "NO"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.file}: {mistake.says}"[:70])
def test_each_mistake_is_one_finding_on_its_line(mistake: Mistake, folder: Path) -> None:
    mistake.plant(folder)
    _, findings = load_project(folder)
    file, line = mistake.file, mistake.line(folder)
    if "always be empty" in mistake.says or "no row of" in mistake.says:
        file, line = "segments/lapsed.yml", 10
    assert [(one.file, one.line) for one in findings] == [(file, line)], [str(one) for one in findings]
    assert mistake.says in findings[0].message


def test_all_mistakes_come_in_one_go(folder: Path) -> None:
    mistakes = [
        Mistake("tillid.yml", "controller:", "controler:", "did you mean `controller`?"),
        Mistake("tillid.yml", "Europe/Copenhagen", "Europe/Copenhague", "did you mean `Europe/Copenhagen`?"),
        Mistake("purposes.yml", "retention: 24 months", "retention: 24 moons", "must be a time"),
        Mistake("sources/crm.yml", "category: user.name.first", "category: user.name.fist", "data category"),
        Mistake("sources/web.yml", "  newsletter: context", "  newslettr: context", "did you mean `newsletter`?"),
        Mistake("variables/purchases.yml", "measure: sum", "measure: summ", "did you mean `sum`?"),
        Mistake("variables/purchases.yml", "nullif(orders_12m", "nullif(order_12m", "did you mean `orders_12m`?"),
        Mistake("segments/lapsed.yml", "column: event", "column: evnt", "did you mean `event`?"),
        Mistake("destinations/files.yml", "kind: file", "kind: flie", "did you mean `file`?"),
        Mistake("activations/newsletter.yml", "segment: lapsed", "segment: lapse", "did you mean `lapsed`?"),
    ]
    for mistake in mistakes:
        mistake.plant(folder)
    _, findings = load_project(folder)
    expected = sorted((mistake.file, mistake.line(folder)) for mistake in mistakes)
    assert [(one.file, one.line) for one in findings] == expected
    for mistake in mistakes:
        place = (mistake.file, mistake.line(folder))
        assert any((one.file, one.line) == place and mistake.says in one.message for one in findings)


def test_a_broken_file_says_nothing_false_about_the_others(folder: Path) -> None:
    (folder / "sources" / "orders.yml").write_text("kind: [events\nfiles: x\n", encoding="utf-8")
    (folder / "purposes.yml").write_text("purposes: {newsletter\n", encoding="utf-8")
    _, findings = load_project(folder)
    assert {one.file for one in findings} == {"sources/orders.yml", "purposes.yml"}
    assert len(findings) == 2


def test_two_files_cannot_define_one_name(folder: Path) -> None:
    (folder / "variables" / "zz.yml").write_text(
        "variables:\n  orders_12m: {of: orders, measure: count}\n", encoding="utf-8"
    )
    _, findings = load_project(folder)
    assert findings == [
        Finding(
            "variables/zz.yml",
            2,
            "two variables are named `orders_12m`: the first is in variables/purchases.yml line 13",
        )
    ]


def test_two_destinations_and_two_activations_cannot_share_a_file(folder: Path) -> None:
    files = folder / "destinations" / "files.yml"
    files.write_text(files.read_text() + "  other: {kind: file, path: out/newsletter.csv}\n")
    lists = folder / "activations" / "more.yml"
    lists.write_text(
        "activations:\n  more:\n    segment: lapsed\n    purpose: newsletter\n"
        "    destination: newsletter_file\n    columns: {E-mail: email}\n"
    )
    _, findings = load_project(folder)
    assert [(one.file, one.line) for one in findings] == [
        ("activations/newsletter.yml", 6),
        ("destinations/files.yml", 3),
    ]


def test_slips_in_file_names_are_found(folder: Path) -> None:
    (folder / "purposes.yml").rename(folder / "purpose.yml")
    (folder / "segments" / "lapsed.yml").rename(folder / "segments" / "lapsed.yaml")
    (folder / "destinations").rename(folder / "destination")
    (folder / "notes.yml").write_text("anything: goes\n")
    _, findings = load_project(folder)
    said = {one.file: one.message for one in findings}
    assert "missing" in said["purposes.yml"]
    assert "`purposes.yml`" in said["purpose.yml"]
    assert "instead of .yaml" in said["segments/lapsed.yaml"]
    assert "`destinations`" in said["destination/files.yml"]
    assert "notes.yml" not in said


def test_empty_and_wrongly_shaped_files_are_found(folder: Path) -> None:
    (folder / "profile.yml").write_text("")
    (folder / "destinations" / "files.yml").write_text("- a\n- b\n")
    (folder / "sources" / "products.yml").write_text("just text\n")
    _, findings = load_project(folder)
    said = {one.file: one.message for one in findings}
    assert "the file is empty" in said["profile.yml"]
    assert "must be a mapping, not a list" in said["destinations/files.yml"]
    assert "must be a mapping, not text" in said["sources/products.yml"]


def test_a_folder_in_place_of_a_file_is_a_finding(folder: Path) -> None:
    (folder / "sources" / "shop.yml").mkdir()
    _, findings = load_project(folder)
    assert [(one.file, one.line) for one in findings] == [("sources/shop.yml", 1)]
    assert "cannot be read" in findings[0].message


def test_two_sources_cannot_have_one_name(folder: Path) -> None:
    text = (folder / "sources" / "web.yml").read_text()
    (folder / "sources" / "web2.yml").write_text(f"# a copy\nname: web\n{text}")
    _, findings = load_project(folder)
    assert findings == [
        Finding("sources/web2.yml", 2, "two sources are named `web`: the first is in sources/web.yml line 1")
    ]


def test_a_circle_of_many_variables_is_one_finding(folder: Path) -> None:
    rows = [f'  v{n}: {{sql: "v{n - 1} + v{max(n - 2, 0)}"}}' for n in range(1, 200)]
    (folder / "variables" / "ring.yml").write_text('variables:\n  v0: {sql: "v199 + 1"}\n' + "\n".join(rows) + "\n")
    _, findings = load_project(folder)
    assert [one.file for one in findings] == ["variables/ring.yml"]
    assert "v0 → v199" in findings[0].message


def test_in_one_file_every_mistake_is_found_too(folder: Path) -> None:
    mistakes = [
        Mistake("tillid.yml", "controller:", "controler:", "did you mean `controller`?"),
        Mistake("tillid.yml", "Europe/Copenhagen", "Europe/Copenhague", "did you mean `Europe/Copenhagen`?"),
        Mistake("tillid.yml", "purposes: all", "purposes: al", "must be a list or `all`"),
        Mistake("tillid.yml", "purposes: [newsletter]", "purposes: [newsleter]", "did you mean `newsletter`?"),
        Mistake("tillid.yml", "ida: [marketer]", "ida: [marketeer]", "did you mean `marketer`?"),
        Mistake("sources/crm.yml", "newsletter, linking]", "newsletter, linkin]", "did you mean `linking`?"),
        Mistake("sources/crm.yml", "category: user.name.first", "category: user.name.fist", "data category"),
        Mistake("sources/crm.yml", "load: snapshot", "load: [snapshot]", "must be text"),
    ]
    for mistake in mistakes:
        mistake.plant(folder)
    _, findings = load_project(folder)
    assert [(one.file, one.line) for one in findings] == sorted((one.file, one.line(folder)) for one in mistakes)


def test_mistakes_are_raised_together(folder: Path) -> None:
    Mistake("tillid.yml", "store: duckdb", "store: duck", "").plant(folder)
    Mistake("profile.yml", "rule: newest", "rule: new", "").plant(folder)
    with pytest.raises(ProjectHasMistakes) as caught:
        load_or_refuse(folder)
    assert [one.file for one in caught.value.findings] == ["profile.yml", "tillid.yml"]
    assert "2 mistakes" in str(caught.value)
    assert "tillid.yml:7:" in str(caught.value)


def test_without_a_usable_tillid_yml_there_is_no_project(folder: Path) -> None:
    Mistake("tillid.yml", "store: duckdb", "store: duck", "").plant(folder)
    assert load_project(folder)[0] is None
    (folder / "tillid.yml").unlink()
    project, findings = load_project(folder)
    assert project is None
    assert [one.file for one in findings] == ["tillid.yml"]


def test_with_mistakes_elsewhere_the_project_holds_what_could_be_made(folder: Path) -> None:
    Mistake("variables/purchases.yml", "measure: sum", "measure: summ", "").plant(folder)
    project, findings = load_project(folder)
    assert len(findings) == 1
    assert project is not None
    assert list(project.variables) == ["orders_12m", "basket"]


def test_the_nearest_project_upwards_is_found(folder: Path, tmp_path: Path) -> None:
    assert find_project(folder / "sources") == folder
    assert find_project(folder) == folder
    with pytest.raises(ProjectNotFound, match="tillid init"):
        find_project(tmp_path)
