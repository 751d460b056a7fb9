"""Drafts of definitions: kinds, categories, identifiers, types; never a value of the file."""

from __future__ import annotations

import pyarrow as pa
import pytest
import yaml

from tillid.connectors.sources.files import FileSource
from tillid.ports.source import Look
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.header_words import meaning_of
from tillid.stages.ingest.suggest import suggest
from tillid.terms.categories import is_category

PEOPLE = (
    "Kundenr.;Fornavn;E-mailadresse;Mobil;Postnr;Saldo;Aktiv;Rabat\n007;Åse;ase@x.example;20123456;7100;1.234,50;ja;1\n"
)
ORDERS = "order_id,customer_id,total,created_at\nA1,7,12.50,2026-01-05 10:00\nA2,7,3.00,2026-01-06 11:00\n"
CONSENTS = "email;samtykke;dato\nx@y.example;ja;24-12-2025\nz@y.example;afmeldt;25-12-2025\n"
PRODUCTS = "sku;beskrivelse\nX1;Kop\n"
SUPPRESSED = "telefon\n20123456\n"


@pytest.fixture
def draft(tmp_path):
    def drafted(name, content):
        (tmp_path / f"{name}.csv").write_text(content)
        source = FileSource(tmp_path, [f"{name}.csv"])
        (file,) = source.files()
        return suggest(name, f"data/{name}.csv", source.look(file), next(source.read(file)).table)

    return drafted


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("crm", PEOPLE, SourceKind.PEOPLE),
        ("orders", ORDERS, SourceKind.EVENTS),
        ("newsletter", CONSENTS, SourceKind.CONSENTS),
        ("products", PRODUCTS, SourceKind.THINGS),
        ("robinson", SUPPRESSED, SourceKind.SUPPRESSIONS),
    ],
)
def test_a_finished_draft_is_a_definition(draft, name, content, kind):
    drafted = draft(name, content)
    assert drafted.kind is kind
    mapping = yaml.safe_load(drafted.text)
    if "collected_for" in mapping:
        assert mapping["collected_for"] == []
        mapping["collected_for"] = ["orders"]
    if "purpose" in mapping:
        assert mapping["purpose"] is None
        mapping["purpose"] = "newsletter"
    assert SourceDefinition.from_mapping(name, mapping).kind is kind


def test_columns_are_told_by_header_and_content(draft):
    found = {column.header: column for column in draft("crm", PEOPLE).columns}
    assert {h: (c.name, c.type, c.category, c.identifier) for h, c in found.items()} == {
        "Kundenr.": ("customer_no", "text", "user.unique_id", "customer_no"),
        "Fornavn": ("first_name", "text", "user.name.first", ""),
        "E-mailadresse": ("email", "text", "user.contact.email", "email"),
        "Mobil": ("phone", "text", "user.contact.phone_number", "phone"),
        "Postnr": ("postcode", "text", "user.contact.address.postal_code", ""),
        "Saldo": ("saldo", "decimal", "", ""),
        "Aktiv": ("aktiv", "boolean", "", ""),
        "Rabat": ("rabat", "integer", "", ""),
    }


def test_a_column_that_nothing_gave_away_is_left_to_a_person(draft):
    text = draft("crm", PEOPLE).text
    assert "  # Saldo: {name: saldo, type: decimal, category: …}" in text
    assert "Saldo" not in yaml.safe_load(text)["columns"]


def test_no_value_of_the_file_is_in_a_draft_but_words_of_consent(draft):
    for name, content in (("crm", PEOPLE), ("orders", ORDERS), ("robinson", SUPPRESSED)):
        text = draft(name, content).text
        values = [value for line in content.splitlines()[1:] for value in line.replace(",", ";").split(";")]
        assert not [value for value in values if len(value) > 3 and value in text]
    assert "values: {ja: given, afmeldt: withdrawn}" in draft("newsletter", CONSENTS).text
    assert "y.example" not in draft("newsletter", CONSENTS).text


def test_an_address_is_known_by_its_looks_and_a_leading_zero_keeps_text(draft):
    found = draft("x", "hvem;kode\na@b.example;0012\nc@d.example;0300\n").columns
    assert [(c.identifier, c.type) for c in found] == [("email", "text"), ("", "text")]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Klantnummer", "customer_no"), ("Adresse e-mail", "email"), ("Numéro de téléphone", "phone"),
        ("Voornaam", "first_name"), ("Etternavn", "last_name"), ("Geburtsdatum", "birth_date"), ("PLZ", "postcode"),
        ("Woonplaats", "city"), ("Beløb inkl. moms", "amount"), ("context.anonymousId", "device_id"),
    ],
)  # fmt: skip
def test_headers_of_six_languages(header, name):
    meaning = meaning_of(header)
    assert meaning is not None
    assert meaning.name == name
    assert is_category(meaning.category)


def test_a_key_is_a_column_with_a_value_of_its_own_in_each_row(draft):
    twice = "Kundenr.;E-mailadresse\n7;a@x.example\n7;b@x.example\n"
    assert yaml.safe_load(draft("crm", PEOPLE).text)["key"] == "customer_no"
    assert yaml.safe_load(draft("crm", twice).text)["key"] == "email"
    none = draft("crm", twice + ";b@x.example\n").text
    assert "key" not in yaml.safe_load(none)
    assert "# key:  # fill in" in none
    products = "beskrivelse;sku\nKop;X1\nKop;X2\n"
    assert yaml.safe_load(draft("products", products).text)["key"] == "product"
    assert yaml.safe_load(draft("products", "sku;beskrivelse\nX1;Kop\nX1;Fad\nX1;Kop\n").text)["key"] is None


def test_values_of_several_parts_are_no_key():
    look = Look("json", "utf-8", None, None, None, {}, None, ("tags", "sku"), None, ())
    sample = pa.record_batch({"tags": [["a"], ["b"]], "sku": ["X1", "X2"]})
    assert yaml.safe_load(suggest("products", "data/p.json", look, sample).text)["key"] == "product"
