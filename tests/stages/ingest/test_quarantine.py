"""Columns judged as a whole: ids, other numbers, and what is taken out where it can't be told."""

from __future__ import annotations

from random import Random

import pyarrow as pa
import pytest
from made_up_ids import BSN, CPR, FODSELSNUMMER, bsn, cpr

from tillid.ports.source import RawBatch, UnreadableRow
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.id_evidence import Evidence, Verdict
from tillid.stages.ingest.quarantine import Cleaned, Quarantine
from tillid.terms.national_ids import NationalId

RANDOM = Random(3)
PHONE = "user.contact.phone_number"
MANY_BSN = [bsn(f"{RANDOM.randrange(10**8):08}") for _ in range(20)]
MANY_CPR = [
    cpr(f"{RANDOM.randrange(1, 29):02}{RANDOM.randrange(1, 13):02}{n:02}", 100 + n).replace("-", "")
    for n in range(40, 70)
]


def _quarantine(
    header: str, category: str = "user.behavior", type_: str = "text", lawful: tuple[str, ...] = ()
) -> Quarantine:
    columns = {header: {"name": "x", "type": type_, "category": category, "wash": "none"}}
    return Quarantine(
        SourceDefinition.from_mapping("s", {"kind": "things", "files": "f", "key": "x", "columns": columns}), lawful
    )


def _clean(quarantine: Quarantine, values: pa.Array | list[object]) -> Cleaned:
    header = quarantine.source.columns[0].header
    return quarantine.clean(quarantine.judge(RawBatch(pa.record_batch({header: values}), 0)))


def _left(cleaned: Cleaned) -> list[object]:
    return list(cleaned.raw.table.column(0).to_pylist())


NUMBERS = {
    "ten digits": [str(RANDOM.randrange(10**9, 10**10)) for _ in range(4000)],
    "eleven digits": [str(RANDOM.randrange(10**10, 10**11)) for _ in range(4000)],
    "nine digits": [str(RANDOM.randrange(10**8, 10**9)) for _ in range(4000)],
    "one after another": [f"25112600{n:02}" for n in range(100)],
    "written as a CPR is": [f"251126-{n:04}" for n in range(100)],
    "thirteen digits": [f"57{RANDOM.randrange(10**11):011}" for _ in range(200)],
    "amounts": [f"{RANDOM.randrange(10**6)},50" for _ in range(200)],
    "mobiles": [
        f"+45 {RANDOM.randrange(20, 99)} {RANDOM.randrange(10, 99)} {RANDOM.randrange(10, 99)} 11" for _ in range(200)
    ],
    "few of nine digits": ["999911120", "123456789", "222222222", "333333334"],
}


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS)
def test_other_numbers_are_left(values: list[object]) -> None:
    assert _left(_clean(_quarantine("nr"), values)) == values


@pytest.mark.parametrize("values", [MANY_BSN, MANY_CPR, [*MANY_CPR, "", None, "ukendt"], list(FODSELSNUMMER)])
def test_a_column_of_ids_is_emptied(values: list[object]) -> None:
    cleaned = _clean(_quarantine("nr"), values)
    assert set(_left(cleaned)) <= {None, "", "ukendt"}
    assert cleaned.taken.total() == len([v for v in values if v and v != "ukendt"])


@pytest.mark.parametrize("type_", [pa.int64(), pa.float64(), pa.decimal128(18, 2), pa.string(), pa.large_string()])
@pytest.mark.parametrize("header", ["CPR-nr.", "Personnummer", "bsn", "numéro national", "Rijksregisternr"])
def test_a_named_column_is_emptied_whatever_its_type(type_: pa.DataType, header: str) -> None:
    numbers = [int(number.replace("-", "")) for number in (*CPR, *BSN, "010124-4001")]
    values = (
        pa.array(numbers).cast(type_) if not pa.types.is_decimal(type_) else pa.array([*map(str, numbers)]).cast(type_)
    )
    assert _left(_clean(_quarantine(header), values)) == [None] * len(numbers)


def test_each_value_keeps_its_place() -> None:
    wide = CPR[2].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    bare = CPR[1].replace("-", "")
    values = [wide, "a", f"x {wide} y", bare, "12", f"se {CPR[0]}", bare, CPR[3], "ø", None, FODSELSNUMMER[0], "b"]
    after = [None, "a", "x [national id] y", None, "12", "se [national id]", None, None, "ø", None, None, "b"]
    assert _left(_clean(_quarantine("nr"), values)) == after


def test_a_dictionary_is_looked_into() -> None:
    assert _left(_clean(_quarantine("x"), pa.array([CPR[0], "a", CPR[0]]).dictionary_encode())) == [None, "a", None]


def test_a_column_of_phones_holds_phones_until_half_of_it_passes() -> None:
    number = cpr("061234", 500).replace("-", "")
    assert _left(_clean(_quarantine("tlf", PHONE), [number, "0698765432", "0687654321", "12345678"]))[0] == number
    assert set(_left(_clean(_quarantine("tlf", PHONE), MANY_CPR))) == {None}


def test_a_lawful_column_is_not_looked_at() -> None:
    quarantine = _quarantine("cpr", "user.government_id", lawful=("x",))
    assert _left(_clean(quarantine, list(CPR))) == list(CPR)


def test_what_was_seen_before_counts_in_a_small_batch() -> None:
    quarantine = _quarantine("nr")
    _clean(quarantine, NUMBERS["ten digits"])
    later = Quarantine(
        quarantine.source, (), {h: Evidence.from_dict(e.as_dict()) for h, e in quarantine.evidence.items()}
    )
    number = CPR[0].replace("-", "")
    assert _left(_clean(later, [number])) == [number]
    assert _left(_clean(_quarantine("nr"), [number])) == [None]


def test_a_text_beside_numbers_is_searched_even_in_a_column_of_other_numbers() -> None:
    values = [*NUMBERS["ten digits"], f"se {CPR[0]}"]
    assert _left(_clean(_quarantine("nr"), values))[-1] == "se [national id]"


def test_rows_that_could_not_be_read_are_masked() -> None:
    raw = RawBatch(
        pa.record_batch({"nr": pa.array([], pa.string())}), 0, (UnreadableRow(2, "torn", f"1;{CPR[0]};{BSN[0]}"),)
    )
    quarantine = _quarantine("nr")
    (row,) = quarantine.clean(quarantine.judge(raw)).raw.unreadable
    assert row.raw == "1;[national id];[national id]"


def test_a_few_that_fail_modulus_11_are_in_doubt_and_many_are_mixed() -> None:
    few, many = (
        Evidence(3, {NationalId.CPR: 3}, {NationalId.CPR: 0}),
        Evidence(12, {NationalId.CPR: 12}, {NationalId.CPR: 1}),
    )
    assert (few.verdict(NationalId.CPR), many.verdict(NationalId.CPR)) == (Verdict.UNSURE, Verdict.MIXED)


DECIMALS = ["3786.66666666667", "0.0111111111", "-2.12345601701234e-05", "12,0101701234", "1234567.01017012"]


@pytest.mark.parametrize("header", ["spend", "latitude"])
def test_the_digits_of_a_fraction_are_no_number(header: str) -> None:
    values = [*DECIMALS, *(f"{RANDOM.random() * 5000:.10f}" for _ in range(3000))]
    assert _left(_clean(_quarantine(header, type_="decimal"), values)) == values


def test_a_key_and_a_number_with_a_mark_between_are_told_by_the_column() -> None:
    values = [f"{place}.{number}" for place, number in enumerate(MANY_CPR)]
    assert set(_left(_clean(_quarantine("kunde"), values))) == {None}
    assert _left(_clean(_quarantine("cpr"), values[:1])) == [None]


@pytest.mark.parametrize("amount", ["10000000.00", "0101701234.00", "101701234.00"])
def test_large_amounts_of_a_database_are_looked_at(amount: str) -> None:
    values = pa.array([amount, "1.50", None]).cast(pa.decimal128(18, 2))
    left = _left(_clean(_quarantine("cpr"), values))
    assert (left[0] is None) == (amount != "10000000.00")
    assert left[1:] == values.to_pylist()[1:]


def test_numbers_of_legal_persons_are_kept_where_they_are_named_so() -> None:
    assert _left(_clean(_quarantine("RSIN"), MANY_BSN)) == MANY_BSN
    assert set(_left(_clean(_quarantine("btw-nummer"), MANY_BSN))) == {None}
    assert set(_left(_clean(_quarantine("RSIN/BSN"), MANY_BSN))) == {None}
