"""What a definition of a source may say, and what it is told when it is wrong."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tillid.stages.ingest.columns import ColumnDefinition
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.terms.fields import FieldInvalid, FieldMissing, NameUnknown

EMAIL = {"name": "email", "type": "text", "category": "user.contact.email", "identifier": "email"}
PEOPLE = {"kind": "people", "files": "data/crm*.csv", "columns": {"E-mail": EMAIL}}
NUMBER = {"name": "no", "type": "text", "category": "user.unique_id"}
AT = {"name": "at", "type": "timestamp", "category": "user.behavior"}


def read(mapping, **more):
    return SourceDefinition.from_mapping("crm", {**mapping, **more})


def column(**more):
    return ColumnDefinition.from_mapping("H", {**NUMBER, **more})


def test_what_is_left_out_has_its_default():
    source = read(PEOPLE)
    assert (source.name, source.kind, source.files, source.load) == (
        "crm",
        SourceKind.PEOPLE,
        ("data/crm*.csv",),
        Load.SNAPSHOT,
    )
    assert source.collected_for == ()
    assert source.headers == ("E-mail",)
    assert read({"kind": "events", "files": ["a", "b"], "time": "at", "columns": {"t": AT}}).load is Load.APPEND


def test_all_that_is_said_is_kept():
    source = read(
        PEOPLE, name="crm2", separator="\t", header_row=3, decimal=",", date_format="%d-%m-%Y", encoding="cp1252",
        collected_for=["a"], collected_for_if={"b": "ctx.ok"}, ignore=["Note"], load="append", label="L",
    )  # fmt: skip
    assert (source.name, source.read_as.separator, source.read_as.header_row) == ("crm2", "\t", 3)
    assert source.headers == ("E-mail", "ctx.ok")
    with pytest.raises(TypeError):
        source.collected_for_if["c"] = "d"


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"kind": "peple"}, ("kind",), "Did you mean 'people'"),
        ({"loads": "append"}, ("loads",), "Did you mean 'load'"),
        ({"files": []}, ("files",), "at least one entry"),
        ({"columns": {}}, (), "'columns' is missing"),
        ({"key": "emial"}, ("key",), "Did you mean 'email'"),
        ({"time": "email"}, ("time",), "type timestamp or date"),
        ({"ignore": ["E-mail"]}, ("ignore",), "under 'columns' too"),
        ({"format": "xml"}, ("format",), "Valid: arrow, csv, excel"),
        ({"separator": ";;"}, ("separator",), "one plain character"),
        ({"separator": '"'}, ("separator",), "are the same"),
        ({"decimal": ";"}, ("decimal",), "Valid: ,, ."),
        ({"encoding": "utf-99"}, ("encoding",), "no such encoding"),
        ({"header_row": 0}, ("header_row",), "counts from 1"),
        ({"header_row": "1"}, ("header_row",), "whole number"),
        ({"date_format": "%d-%b-%Y"}, ("date_format",), "cannot hold %b"),
        ({"date_format": "%m-%Y"}, ("date_format",), "a day, a month and a year"),
        ({"date_format": "%d-%d-%m-%Y"}, ("date_format",), "each once"),
        ({"load": "delta"}, (), "'load: delta' needs 'key'"),
        ({"list_date": "1/2"}, ("list_date",), "2026-10-31"),
        ({"collected_for_if": {f"p{n}": "x" for n in range(11)}}, ("collected_for_if",), "At most 10"),
        ({"columns": {"E-mail": EMAIL, "Mail 2": EMAIL}}, ("columns", "Mail 2", "name"), "'E-mail' is the first"),
        ({"columns": {"E-mail": {**EMAIL, "name": "E mail"}}}, ("columns", "E-mail", "name"), "not a name"),
        ({"columns": {"E-mail": {**EMAIL, "type": "int"}}}, ("columns", "E-mail", "type"), "integer"),
        ({"columns": {"E-mail": {**EMAIL, "name": "collected_for"}}}, ("columns", "E-mail", "name"), "taken"),
        ({"columns": {"Nr": NUMBER}}, ("columns",), "needs a column with an identifier"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_field(change, field, says):
    with pytest.raises(FieldInvalid) as caught:
        read(PEOPLE, **change)
    assert caught.value.field == field
    assert says in str(caught.value)


def test_each_kind_asks_for_what_it_needs():
    with pytest.raises(FieldMissing, match="'time' is missing"):
        read({"kind": "events", "files": "a", "columns": {"t": AT}})
    with pytest.raises(FieldMissing, match="needs 'key'"):
        read({"kind": "things", "files": "a", "load": "delta", "columns": {"n": NUMBER}})
    assert read({"kind": "things", "files": "a", "columns": {"n": NUMBER}}).key is None
    with pytest.raises(FieldInvalid, match="no identifier"):
        read({"kind": "things", "files": "a", "key": "email", "columns": {"e": EMAIL}})
    with pytest.raises(FieldMissing, match="'bars' is missing"):
        read({"kind": "suppressions", "files": "a", "columns": {"e": EMAIL}})
    consents = {"kind": "consents", "files": "a", "purpose": "news", "state": "given", "columns": {"e": EMAIL, "t": AT}}
    assert read(consents).purpose == "news"
    with pytest.raises(FieldInvalid, match="Say 'state' once"):
        read(consents, state=None)
    with pytest.raises(FieldMissing, match="named 'at'"):
        read(consents, columns={"e": EMAIL})
    with pytest.raises(NameUnknown, match="Did you mean 'given'"):
        read(consents, state="givn")


def test_people_nobody_can_be_told_among_are_said_to_be_so():
    assert not read(PEOPLE, columns={"Nr": NUMBER}, identified=False).identified
    for wrong in (
        {"identified": False},
        {"identified": "no"},
        {"kind": "suppressions", "identified": False, "bars": ["x"]},
    ):
        with pytest.raises(FieldInvalid) as caught:
            read(PEOPLE, **wrong)
        assert caught.value.field == ("identified",)


def test_a_column_knows_its_type_and_washing():
    assert column(type="money").arrow_type == pa.decimal128(18, 2)
    assert column(type="decimal(12,4)").ibis_type == "decimal(12, 4)"
    assert column(type="timestamp").ibis_type == "timestamp(6)"
    assert column(category="user.contact.address.city").washed_as == "city"
    assert column(category="user.name").washed_as == "name"
    assert column(category="user.name.first").washed_as == "first_name"
    assert column(category="user.name.last").washed_as == "last_name"
    assert column(category="user.contact.organization").washed_as == "company"
    assert column(category="user.unique_id", identifier="company_number").washed_as == "company_number"
    assert column(category="user.name.first", wash="none").washed_as == "none"
    assert column(identifier="phone").washed_as == "phone"
    assert column(type="integer", category="user.contact.address.postal_code").washed_as == "none"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "user.mail"}, "There is no data category"),
        ({"wash": "mail"}, "There is no wash"),
        ({"type": "decimal(40,2)"}, "p is 1 to 38"),
        ({"type": "decimal(2,3)"}, "s at most p"),
        ({"identifier": "E-mail"}, "not a name"),
        ({"type": "integer", "identifier": "phone"}, "must have type text"),
        ({"required": "yes"}, "true or false"),
        ({"values": {"Ja": 1, " ja": 2}}, "only in case or blanks"),
        ({"values": {"ja": [1]}}, "One value is needed"),
        ({"values": "ja"}, "A mapping is needed"),
    ],
)
def test_a_mistake_in_a_column_is_named(change, says):
    with pytest.raises(FieldInvalid, match=says.replace("(", r"\(")):
        column(**change)


def test_words_that_yaml_reads_as_truths_are_words_in_the_file():
    assert dict(column(values={True: "given", "NEJ": "refused", 2: "x"}).values) == {
        "true": "given", "yes": "given", "on": "given", "nej": "refused", "2": "x",
    }  # fmt: skip
