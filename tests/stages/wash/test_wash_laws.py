"""Laws of washing: idempotent, as long as its input, never raising, and the fast path equal to the slow one."""

from __future__ import annotations

import time

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.stages.wash import WashKind, wash
from tillid.stages.wash.companies import company_grade, wash_companies
from tillid.stages.wash.company_numbers import company_number_grade, wash_company_numbers
from tillid.stages.wash.email import email_grade, wash_emails
from tillid.stages.wash.names import name_grade, wash_names
from tillid.stages.wash.phone import wash_phones
from tillid.stages.wash.phone_reading import phone_grade
from tillid.stages.wash.place_list import place_list
from tillid.stages.wash.places import city_grade, postcode_grade, wash_cities, wash_postcodes

COUNTRIES = ["DK", "NO", "NL", "BE", "SE", ""]
LISTED = ["DK", "NO", "NL", "BE"]

words = st.sampled_from(
    "van von der den de la af 't 's O'BRIEN mcdonald IJSBRAND ij søren ÅSE Jens JENS n/a unknown Unknown null"
    " - II iii J.P. 李 Æ ß ŉ ǅ İ ı ﬁ ά ʼn x Kbh. K ANNE-MARIE østergaard MO I RANA Hr. FRU dr. M. Mme og en & Fam. død"
    " Hansen, JensHansen HANSEN hansen, J.P.de asdf Test Testesen xxx N.N. MSc ,cand.merc. As AS aps A/S B.V. Bv Holding"
    " VVS v/Jens Søn Stichting SÃ¸ren S?ren 2 <ida@example.com> www.x.dk (død) Erven Jr. d'Hondt el i 'Lynet' bageri,"
    " B V s.a. SA vzw konkurs (lukket) privat particulier".split()
)
namelike = st.lists(words, max_size=5).map(" ".join)
companylike = st.lists(words | st.sampled_from(["Hansen", "Bakkerij", "3F", "&", "Co"]), max_size=4).map(" ".join)
numberlike = st.tuples(
    st.sampled_from(["", "DK", "NO ", "BE", "NL", "CVR-nr. ", "KvK ", "BTW BE", "0", "org.nr. "]),
    st.sampled_from(["24256790", "923609016", "0403170701", "403170701", "004495445B01", "33031431", "923 609 016"])
    | st.text("0123456789", min_size=6, max_size=11),
    st.sampled_from(["", " MVA", ".0", "B01", " "]),
).map("".join)
emaillike = st.tuples(
    st.text("abZ.+-_'\"<>(@;,: æ\u0308İ", max_size=8)
    | st.sampled_from(["info", "Post+x", "no-reply", "www.ida", "test12", "ida holm", "privat: ida", "ida,holm"]),
    st.sampled_from(["@", "@@", "", " @ "]),
    st.sampled_from(
        "example.com Example.COM. a-b.dk a--b.dk x.test rødgrød.dk xn--x.dk 1.2 ß.de gmial.com gmaik.com gmail,con"
        " gmailcom www.gmail.com mailinator.com firma.con telenet..be gmail.dk ida@example.com".split()
    ),
    st.sampled_from(["", ";", ">", " ", ")", "?subject=x"]),
).map("".join)
phonelike = st.tuples(
    st.sampled_from(
        [
            "",
            "+",
            "00",
            "+45",
            "0045 ",
            "+31 (0)",
            "0",
            "(",
            "tlf ",
            "+47",
            "0031",
            "+32",
            "32",
            "45",
            "47",
            "31",
            "+4779",
        ]
    ),
    st.text("0123456789", min_size=0, max_size=12),
    st.sampled_from(["", " ", "-", ".", "/", ")", "(0)", " x", ".0", "e+07"]),
    st.text("0123456789", max_size=8),
    st.sampled_from(["", ".0", " ", "#", ",0", ".00"]),
).map("".join)
postcodelike = st.tuples(
    st.sampled_from(["", "DK-", "N-", "NL ", "B", "be-"]),
    st.integers(0, 10_050).map(str) | st.integers(0, 9999).map("{:04}".format),
    st.sampled_from(["", " AB", "ab", "SS", ".0", " S"]),
).map("".join)
cities = st.sampled_from(sorted(place_list("DK").cities | place_list("NO").cities | place_list("BE").cities))
citylike = st.one_of(cities, cities.map(str.upper), cities.map(str.lower), namelike)
odd = st.text(max_size=30)
cells = st.none() | odd | namelike | companylike | numberlike | emaillike | phonelike | postcodelike | citylike


def strings(values):
    return pa.array(values, pa.string())


@given(st.sampled_from(list(WashKind)), st.lists(cells, max_size=8), st.sampled_from(COUNTRIES))
@settings(max_examples=400, deadline=None)
def test_washing_twice_is_washing_once(kind, values, country):
    once = wash(kind, strings(values), country)
    twice = wash(kind, once.values, country)
    assert twice.values.to_pylist() == once.values.to_pylist()
    assert set(twice.verdicts.to_pylist()) <= {"valid", "suspect", "empty"}


@given(st.sampled_from(list(WashKind)), st.lists(cells, max_size=8), st.sampled_from(COUNTRIES))
@settings(max_examples=200, deadline=None)
def test_length_is_kept_and_null_stays_null(kind, values, country):
    washed = wash(kind, strings(values), country)
    assert washed.values.type == pa.string()
    assert len(washed.values) == len(washed.verdicts) == len(values)
    for raw, value, verdict in zip(values, washed.values.to_pylist(), washed.verdicts.to_pylist(), strict=True):
        assert (value is None) == (verdict in {"invalid", "empty"})
        if verdict != "suspect":
            assert (value == raw and value is not None) == (verdict == "valid")
        if raw is None:
            assert verdict == "empty"


def unremarked(grade):
    return lambda text, country: (grade(text, country), None)


SLOW = {
    WashKind.PHONE: (phone_grade, wash_phones, phonelike),
    WashKind.NAME: (name_grade, wash_names, namelike),
    WashKind.COMPANY: (company_grade, wash_companies, companylike),
    WashKind.COMPANY_NUMBER: (company_number_grade, wash_company_numbers, numberlike),
    WashKind.POSTCODE: (postcode_grade, wash_postcodes, postcodelike),
    WashKind.CITY: (city_grade, wash_cities, citylike),
}


def pairs(graded):
    return list(zip(graded.values.to_pylist(), graded.reasons.to_pylist(), strict=True))


@pytest.mark.parametrize("kind", list(SLOW))
@given(st.data(), st.sampled_from(COUNTRIES))
@settings(max_examples=300, deadline=None)
def test_fast_path_equals_slow_path(kind, data, country):
    slow, fast, likely = SLOW[kind]
    values = data.draw(st.lists(likely | odd, min_size=1, max_size=10))
    trimmed = pc.utf8_trim_whitespace(strings(values))
    assert pairs(fast(trimmed, country)) == [slow(value, country) for value in trimmed.to_pylist()]


@given(st.lists(emaillike | odd, min_size=1, max_size=10))
@settings(max_examples=300, deadline=None)
def test_fast_path_equals_slow_path_for_emails(values):
    trimmed = pc.utf8_trim_whitespace(strings(values))
    assert pairs(wash_emails(trimmed)) == [email_grade(value) for value in trimmed.to_pylist()]


def by_phonenumbers(text, country):
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    known = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if known else None


@given(
    st.sampled_from(LISTED),
    st.sampled_from(["", "0", "00", "+"]),
    st.sampled_from(["", "45", "47", "31", "32"]),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_phone_is_exactly_what_phonenumbers_gives(country, lead, code, data):
    digits = data.draw(st.lists(st.from_regex(r"\A[0-9]{5,11}\Z"), min_size=5, max_size=20))
    values = [lead + code + number for number in digits]
    assert_as_phonenumbers(values, country)


# What no number can be as it stands, but may have been meant.
READ_OTHERWISE = {"phone_notation", "phone_guessed", "phone_country_guessed"}


def assert_as_phonenumbers(values, country):
    washed = wash(WashKind.PHONE, strings(values), country)
    for value, number, reason in zip(values, washed.values.to_pylist(), washed.reasons.to_pylist(), strict=True):
        if reason in READ_OTHERWISE:
            assert by_phonenumbers(value, country) is None
            assert by_phonenumbers(number, None) == number
        else:
            assert number == by_phonenumbers(value, country)


@pytest.mark.parametrize("country", LISTED)
def test_phone_agrees_on_every_prefix(country):
    national = [f"{lead}{prefix:04}{tail}" for prefix in range(10_000) for lead in ("", "0") for tail in ("1234",)]
    national += [f"0{prefix:04}12345" for prefix in range(0, 10_000, 7)]
    assert_as_phonenumbers(national[::11], country)
    washed = wash(WashKind.PHONE, strings(national), country).values
    assert len(washed) - washed.null_count > 500


@pytest.mark.parametrize("country", LISTED)
def test_every_listed_place_is_kept(country):
    listed = place_list(country)
    for kind, official in ((WashKind.POSTCODE, listed.postcodes), (WashKind.CITY, listed.cities)):
        values = strings(sorted(official - {""}))
        assert wash(kind, values, country).values.equals(values)
    assert len(listed.postcodes) > 1000


@pytest.mark.parametrize("country", LISTED)
def test_every_listed_city_is_found_in_capitals(country):
    official = sorted(place_list(country).cities)
    found = wash(WashKind.CITY, strings([city.upper() for city in official]), country).values.to_pylist()
    assert found == official


MONSTERS = [
    "a" * 100_000,
    " " * 100_000,
    "a " * 50_000,
    "<" * 100_000,
    "a@" * 50_000,
    "a." * 50_000 + "@example.com",
    "1" * 100_000,
    "+45" * 40_000,
    "(0)" * 40_000,
    "\u0301" * 100_000,
    "👩‍👩‍👧" * 10_000,
    "van " * 30_000,
    "\x00\u200b\ufeff",
    "\U0010ffff\ufdd0",
    "mailto:" * 20_000,
]


@pytest.mark.parametrize("kind", list(WashKind))
def test_monstrous_cells_cost_little(kind):
    started = time.perf_counter()
    washed = wash(kind, strings(MONSTERS), "NL")
    assert len(washed.values) == len(MONSTERS)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("kind", list(WashKind))
def test_bytes_that_are_not_utf8_do_not_raise(kind):
    raw = pa.array([b"S\xf8ren", b"ida@example.com", b"\xed\xa0\x80", None], pa.binary())
    forced = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    for values in (raw, forced):
        assert len(wash(kind, values, "DK").values) == 4
    assert wash(WashKind.EMAIL, forced, "DK").values[1].as_py() == "ida@example.com"


@pytest.mark.parametrize(
    ("kind", "country", "values"),
    [
        (WashKind.EMAIL, "DK", ["Ida.Holm+tilbud@Example.com", "o_k@mail.example.dk"]),
        (WashKind.PHONE, "DK", ["20123456", "20 12 34 56", "+45 20-12-34-56", "004520123456", "+31612345678"]),
        (WashKind.PHONE, "NL", ["06-12345678", "020 123 4567", "+31612345678", "(020) 1234567"]),
        (WashKind.NAME, "DK", ["Søren Holm", "SØREN HOLM", "anne-marie", "Jan van der Berg"]),
        (WashKind.POSTCODE, "DK", ["2100", "8000"]),
        (WashKind.POSTCODE, "NL", ["1012AB", "1012 AB"]),
        (WashKind.CITY, "BE", ["Liège", "Gent"]),
    ],
)
def test_ordinary_values_need_no_python(kind, country, values, monkeypatch):
    def refuse(rest, _):
        raise AssertionError(rest.to_pylist())

    monkeypatch.setattr("tillid.stages.wash.text.by_distinct", refuse)
    assert wash(kind, strings(values), country).values.null_count == 0
