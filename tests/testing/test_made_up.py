from __future__ import annotations

from collections import Counter
from random import Random

import phonenumbers
import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.testing.made_up import COUNTRIES, is_reserved, made_up_people, plain_letters
from tillid.testing.respelled import other_case, other_notation, respelled, typo

# Denmark does not tell fixed lines and mobiles apart by their numbers.
MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
SEEDS = st.integers(0, 10**6)
PEOPLE = made_up_people(4_000, seed=3)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(0, 40), st.integers(0, 40))
def test_a_longer_list_begins_with_the_shorter_one(seed: int, few: int, more: int) -> None:
    longer = made_up_people(few + more, seed=seed)
    assert made_up_people(few, seed=seed) == longer[:few]


def test_another_seed_gives_other_people() -> None:
    assert made_up_people(20, seed=1) != made_up_people(20, seed=2)


def test_every_email_is_its_own_valid_and_in_a_reserved_domain() -> None:
    emails = [person.email for person in PEOPLE]
    assert len(set(emails)) == len(emails)
    assert all(is_reserved(email) for email in emails)
    for email in emails[:300]:
        assert validate_email(email, check_deliverability=False).normalized == email


def test_every_phone_is_its_own_and_a_valid_mobile_number_of_the_country() -> None:
    assert len({person.phone for person in PEOPLE}) == len(PEOPLE)
    for person in PEOPLE:
        number = phonenumbers.parse(person.phone)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.region_code_for_number(number) == person.country
        assert phonenumbers.number_type(number) in MOBILE


def test_countries_come_by_weight() -> None:
    drawn = Counter(person.country for person in PEOPLE)
    assert set(drawn) == set(COUNTRIES)
    for country, weight in COUNTRIES.items():
        assert drawn[country] / len(PEOPLE) == pytest.approx(weight / sum(COUNTRIES.values()), abs=0.03)


def test_danish_names_come_by_their_real_frequency() -> None:
    danes = made_up_people(6_000, seed=9, countries={"DK": 1})
    last_names = Counter(person.last_name for person in danes)
    assert {name for name, _ in last_names.most_common(3)} == {"Jensen", "Nielsen", "Hansen"}
    # 460,470 Jensens to 57,568 Thomsens in the counts.
    assert last_names["Jensen"] / last_names["Thomsen"] == pytest.approx(8.0, rel=0.35)


def test_places_are_of_the_country_and_names_fit_latin_1() -> None:
    for person in PEOPLE:
        digits = person.postcode.split()[0]
        assert digits.isdigit()
        assert len(digits) == 4
        assert (person.country == "NL") == (" " in person.postcode)
        " ".join((person.first_name, person.last_name, person.street, person.city)).encode("iso-8859-1")


def test_a_country_without_names_is_refused() -> None:
    with pytest.raises(ValueError, match="SE"):
        made_up_people(1, countries={"SE": 1})


@settings(deadline=None)
@given(st.sampled_from(PEOPLE), SEEDS)
def test_another_spelling_keeps_what_identifies_and_changes_the_name(person, seed) -> None:
    other = respelled(person, Random(seed))
    assert (other.email, other.phone, other.postcode) == (person.email, person.phone, person.postcode)
    assert (other.first_name, other.last_name) != (person.first_name, person.last_name)
    assert other.first_name
    assert other.last_name


@settings(deadline=None)
@given(st.sampled_from(PEOPLE), SEEDS)
def test_every_notation_of_a_phone_is_the_same_number(person, seed) -> None:
    def e164(text: str, region: str) -> str:
        number = phonenumbers.parse(text, region)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    assert e164(other_notation(person.phone, person.country, Random(seed)), person.country) == person.phone
    assert e164(other_notation(person.phone, person.country, Random(seed), abroad=True), "DK") == person.phone


@given(st.text("abcdeåøæ", min_size=4, max_size=20), SEEDS)
def test_a_typo_is_one_slip_that_keeps_the_first_letter(text: str, seed: int) -> None:
    slipped = typo(text, Random(seed))
    assert slipped != text
    assert slipped[0] == text[0]
    assert abs(len(slipped) - len(text)) <= 1


@given(st.sampled_from(["Ida", "Åse Ødegård"]), SEEDS)
def test_other_case_keeps_the_letters(text: str, seed: int) -> None:
    changed = other_case(text, Random(seed))
    assert changed != text
    assert changed.strip().lower() == text.lower()


def test_plain_letters_are_ascii_for_every_made_up_name() -> None:
    assert all(plain_letters(p.first_name + p.last_name + p.city).isascii() for p in PEOPLE)
