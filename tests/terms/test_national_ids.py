"""National identity numbers: what is found, what is not, and the laws of finding and taking out."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_ids import BSN, CPR, FODSELSNUMMER, INVALID, RIJKSREGISTERNUMMER, VALID, fodselsnummer

from tillid.terms.identity_digits import kinds_of_digits
from tillid.terms.national_ids import (
    MARK,
    NationalId,
    Sureness,
    find_national_ids,
    is_national_id,
    without_national_ids,
)

KINDS = {
    **dict.fromkeys(CPR, "cpr"),
    **dict.fromkeys(BSN, "bsn"),
    **dict.fromkeys(RIJKSREGISTERNUMMER, "rijksregisternummer"),
    **dict.fromkeys(FODSELSNUMMER, "fodselsnummer"),
    FODSELSNUMMER[2]: "d_nummer",
}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
OF_FORM = (*CPR, *FODSELSNUMMER, *RIJKSREGISTERNUMMER)


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_is_told_by_its_kind(number: str) -> None:
    for text in (number, _digits(number), f" {number} ", number.translate(FULL_WIDTH), number.replace("-", "–")):
        assert is_national_id(text) == KINDS[number], text


@pytest.mark.parametrize("number", INVALID)
def test_an_invalid_number_is_none(number: str) -> None:
    assert is_national_id(number) is None
    assert find_national_ids(f"nr. {number} her") == ()


@pytest.mark.parametrize("number", OF_FORM)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "CPR:{}.",
        "xx{}yy",
        "Ring ({})",
        "a\n{}\nb",
        '{{"a": {{"b": ["{}"]}}}}',
        "https://x.example/?q={}&p=2",
        "12 {} 34",
        "={}",
    ],
)
def test_a_number_is_found_wherever_it_stands(number: str, text: str) -> None:
    for spelled in (number, _digits(number), number.translate(FULL_WIDTH)):
        whole = text.format(spelled)
        found = find_national_ids(whole)
        assert [whole[f.start : f.end] for f in found] == [spelled], whole


@pytest.mark.parametrize("escaped", ["%2D", "%20", "+", " - ", " ", ".", "-"])
def test_digits_may_be_apart(escaped: str) -> None:
    assert len(find_national_ids(f"cpr={CPR[0].replace('-', escaped)}")) == 1


@pytest.mark.parametrize("name", ["BSN", "burgerservicenummer ", '"bsn":"', "sofi-nr ", "mijn bsn is ", "&bsn="])
def test_a_bsn_counts_in_a_text_where_it_is_named(name: str) -> None:
    assert [f.kind for f in find_national_ids(f"{name}{BSN[0]} ok")] == [NationalId.BSN]
    assert [f.kind for f in find_national_ids(f"{name}{BSN[2].lstrip('0')} ok")] == [NationalId.BSN]
    assert find_national_ids(f"ordre {BSN[0]} ok") == ()


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-12 10:30:00", "01-12-20 1430", "20251126T103000", "+45 61 01 70 12 37", "+32 470 12 34 56", "5701234567899",
        "CVR 12345678", "NL91ABNA0417164300", "DK5000400440116243", "NO9386011117947", "550e8400-e29b-41d4-a716-446655440000",
        "4111 1111 1111 1111", "1234.56.78903", "", "-", "12,345,678.90", "010170-12", "SE 556677-1234",
    ],
)  # fmt: skip
def test_other_numbers_are_left(text: str) -> None:
    assert find_national_ids(text) == ()


def test_a_cpr_that_fails_modulus_11_counts_as_it_is_written_or_named() -> None:
    for text, count in (("010124-4001", 1), ("0101244001", 0), ("cpr 0101244001", 1)):
        assert len(find_national_ids(text)) == count, text
    assert is_national_id("0101244001") is NationalId.CPR


@pytest.mark.parametrize("remainder", range(4))
def test_the_first_control_digit_of_2032_may_leave_0_to_3(remainder: int) -> None:
    assert is_national_id(fodselsnummer("018170", 301, remainder)) is NationalId.FODSELSNUMMER


def test_chance_is_what_the_documentation_says() -> None:
    """One nine-digit number in eleven; of eleven digits one in a hundred and less; of ten one in three hundred."""
    random = Random(7)
    shares = {}
    for length in (9, 10, 11):
        numbers = [f"{random.randrange(10**length):0{length}}" for _ in range(30_000)]
        likely = [n for n in numbers if any(s is Sureness.LIKELY for _, s in kinds_of_digits(n))]
        shares[length] = len(likely) / len(numbers)
        if length == 9:
            bsn = sum(any(kind is NationalId.BSN for kind, _ in kinds_of_digits(n)) for n in numbers)
            assert 0.086 < bsn / len(numbers) < 0.096
    assert shares[9] == 0
    assert 0.003 < shares[10] < 0.008
    assert 0.006 < shares[11] < 0.015


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_what_is_found_stands_in_the_text_apart_and_in_order(text: str) -> None:
    end = 0
    for found in find_national_ids(text, Sureness.POSSIBLE):
        assert end <= found.start < found.end <= len(text)
        end = found.end


BITS = st.one_of(
    st.sampled_from([*VALID, *map(_digits, VALID), *INVALID, MARK]), st.text("0123456789 -./,cprbsn[]", max_size=12)
)


@settings(max_examples=500)
@given(st.lists(BITS, max_size=5), st.sampled_from([Sureness.LIKELY, Sureness.POSSIBLE]))
def test_taking_out_twice_takes_out_no_more(bits: list[str], least: Sureness) -> None:
    once = without_national_ids(" ".join(bits), least)
    assert without_national_ids(once, least) == once


@settings(max_examples=300)
@given(st.text(max_size=20), st.sampled_from(OF_FORM), st.text(max_size=20))
def test_a_valid_number_is_never_left_in_a_text(before: str, number: str, after: str) -> None:
    if before[-1:].isdecimal() or after[:1].isdecimal() or "+" in before[-14:]:
        return
    assert number not in without_national_ids(f"{before}{number}{after}")
