"""Drafts of definitions: kinds, categories, identifiers, types; never a value of the file."""

from __future__ import annotations

import pyarrow as pa
import pytest
import yaml

from tillid.connectors.sources.files import FileSource
from tillid.ports.source import Look
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.errors import ColumnsUnknown
from tillid.stages.ingest.suggest import suggest
from tillid.terms.categories import is_category
from tillid.terms.header_words import meaning_of
from tillid.terms.national_ids import is_national_id

PEOPLE = (
    "Kundenr.;Fornavn;E-mailadresse;Mobil;Postnr;Saldo;Aktiv;Xyz\n007;Åse;ase@x.example;20123456;7100;1.234,50;ja;1\n"
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
        "Saldo": ("saldo", "money", "user.financial", ""),
        "Aktiv": ("aktiv", "boolean", "user.account", ""),
        "Xyz": ("xyz", "integer", "", ""),
    }


def test_a_column_that_nothing_gave_away_is_left_to_a_person(draft):
    text = draft("crm", PEOPLE).text
    assert "  # Xyz: {name: xyz, type: integer, category: …}" in text
    assert "Xyz" not in yaml.safe_load(text)["columns"]


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
    assert "# key:  # in the rows looked at, no column" in none
    products = "beskrivelse;sku\nKop;X1\nKop;X2\n"
    assert yaml.safe_load(draft("products", products).text)["key"] == "product"
    assert yaml.safe_load(draft("products", "sku;beskrivelse\nX1;Kop\nX1;Fad\nX1;Kop\n").text).get("key") is None


def test_values_of_several_parts_are_no_key():
    look = Look("json", "utf-8", None, None, None, {}, None, ("tags", "sku"), None, ())
    sample = pa.record_batch({"tags": [["a"], ["b"]], "sku": ["X1", "X2"]})
    assert yaml.safe_load(suggest("products", "data/p.json", look, sample).text)["key"] == "product"


def test_what_law_asks_for_is_left_out_with_the_reason(draft):
    rows = "medlemsnr;bsn;diagnose;strafblad\n7;123456782;x;nej\n8;111222333;y;nej\n"
    drafted = draft("leden", rows)
    assert yaml.safe_load(drafted.text)["ignore"] == ["bsn", "diagnose", "strafblad"]
    left = {column.header: column.left_out for column in drafted.columns}
    assert "Art. 87" in left["bsn"]
    assert "Art. 9" in left["diagnose"]
    assert "Art. 10" in left["strafblad"]
    assert not [line for line in drafted.text.splitlines() if "123456782" in line]


def test_numbers_of_one_system_are_a_kind_of_identifier_of_their_own(draft):
    found = {c.header: c.identifier for c in draft("crm", "Record ID,Email\n1,a@x.example\n2,b@x.example\n").columns}
    assert found == {"Record ID": "crm_id", "Email": "email"}


def test_a_number_of_something_unknown_identifies_nobody(draft):
    found = draft("crm", "Email,Rådgiver,Xyz nr\na@x.example,AB,1\nb@x.example,AB,2\n").columns
    assert [column.identifier for column in found] == ["email", "", ""]


def test_people_nobody_can_be_told_among_are_said_to_be_so(draft):
    drafted = draft("survey", "age,gender,marital,education\n58,male,married,primary\n44,female,single,tertiary\n")
    mapping = yaml.safe_load(drafted.text)
    assert (mapping["kind"], mapping["identified"]) == ("people", False)
    mapping["collected_for"] = ["statistics"]
    assert not SourceDefinition.from_mapping("survey", mapping).identified


@pytest.mark.parametrize(
    ("header", "values", "category"),
    [
        ("PhoneService", ("Yes", "No"), "user.account"),
        ("telefon", ("+45 20 12 34 56", "+45 20 12 34 57"), "user.contact.phone_number"),
        ("hvem", ("a@x.example", "b@x.example"), "user.contact.email"),
        ("x", ("NL91ABNA0417164300", "BE68539007547034"), "user.financial.bank_account"),
        ("y", ("192.0.2.7", "2001:db8::1"), "user.device.ip_address"),
        ("z", ("192.0.2.777", "400.1.1.1"), ""),
        ("w", ("female", "male"), "user.demographic.gender"),
    ],
)
def test_values_speak_where_the_header_is_silent_or_wrong(draft, header, values, category):
    rows = "".join(f"{number};{value}\n" for number, value in enumerate(values))
    column = next(c for c in draft("crm", f"kundenr;{header}\n{rows}").columns if c.header == header)
    assert column.category == category


def test_a_place_is_no_person_even_with_a_telephone(draft):
    rows = "filiaalnr;postcode;telefoon;e-mail\n1;1012 JS;020-1234567;a@x.example\n2;3511 AB;030-1234567;b@x.example\n"
    drafted = draft("filialen", rows)
    assert drafted.kind is SourceKind.THINGS
    assert {column.category for column in drafted.columns} == {"system.operations"}
    assert drafted.text.count("# look:") == 2


def test_people_who_each_live_elsewhere_are_people(draft):
    drafted = draft("kunder", "Nr;E-mail;By\n1;ida@x.example;Ry\n2;bo@y.example;Ribe\n3;eva@z.example;Skive\n")
    assert drafted.kind is SourceKind.PEOPLE
    assert next(c.category for c in drafted.columns if c.header == "E-mail") == "user.contact.email"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Bemærkn.", "notes"), ("Geb.datum", "birth_date"), ("Woonpl.", "city"), ("Tussenv.", "middle_name"),
        ("Medl.nr", "customer_no"), ("Z.I.P.", "postcode"), ("contact.email", "email"), ("N° de Permis", "driving_licence"),
        ("Carte d'identité", "national_id"), ("Carte de fidélité", "loyalty_no"), ("Foresatt 1 e-post", "emergency_email"),
    ],
)  # fmt: skip
def test_abbreviations_and_what_they_are_not(header, name):
    assert meaning_of(header).name == name


@pytest.mark.parametrize("header", ["Track & trace", "Båndnummer", "Régime de travail", "Pasfoto", "Servicekosten"])
def test_what_only_sounds_like_a_special_category_is_none(draft, header):
    drafted = draft("kunder", f"kundenr;{header}\n1;a\n2;b\n")
    assert [column.left_out for column in drafted.columns] == ["", ""]


# The numbers' check digits hold; they are of nobody.
@pytest.mark.parametrize(
    "values",
    [
        ("111222333", "123456782", "999999990", "100000009", "222222220"),
        ("17073003384", "85073003328", "93051822361", "40010100192", "50020200155"),
    ],
)
def test_numbers_of_persons_are_told_by_their_form_whatever_the_header(draft, values):
    values = [value for value in values if is_national_id(value)]
    values += [str(number) for number in range(100000100, 100002000) if is_national_id(str(number))][: 5 - len(values)]
    rows = "".join(f"{number};{value}\n" for number, value in enumerate(values))
    column = draft("leden", "nr;lidkaart\n" + rows).columns[1]
    assert column.category == "user.government_id.national_identification_number"
    assert (column.identifier, bool(column.left_out)) == ("", True)
    few = draft("leden", "nr;lidkaart\n" + "".join(rows.splitlines(keepends=True)[:3])).columns[1]
    assert few.category == "user.unique_id"


def test_texts_that_people_wrote_are_told_without_a_word_in_the_header(draft):
    rows = "1;ringer helst om aftenen;x\n2;vil gerne have et andet abonnement;x\n3;;x\n"
    found = {c.header: c for c in draft("kunder", "kundenr;felt7;felt8\n" + rows).columns}
    assert found["felt7"].category == "user.content"
    assert found["felt7"].looks
    assert found["felt8"].category == ""


def test_a_question_is_answered_and_may_be_of_what_the_law_asks_a_ground_for(draft):
    headers = "respid;Hvad synes du om butikken?;Hvordan er dit helbred?;Må vi kontakte dig?"
    found = draft("svar", f"{headers}\n1;a;b;ja\n2;c;d;nej\n3;a;b;ja\n").columns
    assert [column.category for column in found[1:]] == [
        "user.content",
        "user.health_and_medical",
        "user.privacy_preferences",
    ]


def test_what_is_said_of_patients_is_of_health_until_a_person_says_otherwise(draft):
    rows = "1;a@x.example;x;lang tekst om en kontrol\n2;b@x.example;y;en anden tekst om det\n"
    found = {c.header: c for c in draft("patienter", "nr;e-mail;felt7;bemærkning\n" + rows).columns}
    assert {header for header, column in found.items() if column.left_out} == {"felt7", "bemærkning"}
    assert found["e-mail"].identifier == "email"


def test_a_number_after_a_street_is_of_a_house_and_identifies_nobody(draft):
    found = draft("donateurs", "N°;Nom;Prénom;Rue;N° \n7;Piron;Inès;Rue Haute;1\n8;Noël;Hugo;Rue Basse;2\n").columns
    assert [(c.category, c.identifier) for c in found if not c.category.startswith("user.name")] == [
        ("user.unique_id", "donateurs_id"),
        ("user.contact.address.street", ""),
        ("user.contact.address.street", ""),
    ]


@pytest.mark.parametrize(
    ("header", "values", "identifier"),
    [("Kunde", ("Ida Holm", "Bo Lund"), ""), ("Kunde", ("K-1", "K-2"), "customer_no"), ("Subscriber", ("a@x.example", "b@x.example"), "email")],
)  # fmt: skip
def test_a_customer_is_a_number_a_name_or_an_address_by_the_values(draft, header, values, identifier):
    rows = "".join(f"{value};7100\n" for value in values)
    assert draft("liste", f"{header};postnr\n{rows}").columns[0].identifier == identifier


def test_a_sale_with_names_and_streets_is_about_persons(draft):
    rows = "1;2026-01-02;3;9,50;Ida Holm;Ny Vej 2;Odense\n2;2026-01-03;1;4,00;Bo Lund;Ny Vej 3;Ry\n"
    drafted = draft("pakker", "fakturanr;dato;antal;beløb;navn;adresse;by\n" + rows)
    assert drafted.kind is SourceKind.EVENTS
    assert {c.category for c in drafted.columns} >= {"user.name", "user.contact.address.street"}


def test_a_file_without_columns_is_told(draft):
    look = Look("json", "utf-8", None, None, None, {}, None, (), None, ())
    with pytest.raises(ColumnsUnknown, match=r"data/p\.json"):
        suggest("p", "data/p.json", look, pa.record_batch({}))


def test_names_that_tables_have_already_are_not_given(draft):
    rows = "person_id;email;email_raw;record_key\n1;a@x.example;A;x\n2;b@x.example;B;y\n"
    names = [column.name for column in draft("crm", rows).columns]
    assert not {"person_id", "record_key"} & set(names)
    assert names.count("email_raw") == 0


def test_json_tells_what_each_column_rests_on(draft):
    first = draft("crm", PEOPLE).as_dict()["columns"][0]
    assert first["reason"] == "the header says 'kunde nr'"
    assert first["certainty"] == 1.0
    assert set(first) == {"header", "name", "type", "category", "identifier", "certainty", "reason", "left_out"}
