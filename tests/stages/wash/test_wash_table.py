"""Washing by example: what each kind of value becomes, in four countries."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tillid.stages.wash import WashKind, wash

EMAILS = [
    ("DK", " Jens.Hansen@Example.COM ", "jens.hansen@example.com"),
    ("DK", "ida@butik.example", "ida@butik.example"),
    ("DK", "mailto:ida@example.com", "ida@example.com"),
    ("DK", "mailto:ida@example.com?subject=Hej", "ida@example.com"),
    ("NL", "<piet@example.nl>", "piet@example.nl"),
    ("NL", "Piet de Vries <Piet@Example.nl>", "piet@example.nl"),
    ("BE", "luc@example.be;", "luc@example.be"),
    ("BE", "'luc@example.be'", "luc@example.be"),
    ("NO", "kari+tilbud@example.no,", "kari+tilbud@example.no"),
    ("DK", "SØREN@RØDGRØD.dk", "søren@rødgrød.dk"),
    ("DK", "ida@xn--rdgrd-vuad.dk", "ida@rødgrød.dk"),
    ("DK", "so\u0308ren@example.com", "s\u00f6ren@example.com"),
    ("DK", "o'brien@example.com", "o'brien@example.com"),
    ("DK", "\ufeffida@example.com", "ida@example.com"),
    ("DK", "ida@example", None),
    ("DK", "ida(at)example.com", "ida@example.com"),
    ("DK", "ida@@example.com", "ida@example.com"),
    ("DK", "ida..k@example.com", "ida.k@example.com"),
    ("DK", "ida@example.com, ole@example.com", "ida@example.com"),
    ("DK", "ida@box.invalid", None),
    ("DK", "ida @example.com", "ida@example.com"),
]
PHONES = [
    ("DK", "20123456", "+4520123456"),
    ("DK", "20 12 34 56", "+4520123456"),
    ("DK", "20.12.34.56", "+4520123456"),
    ("DK", "+45 (0)20123456", "+4520123456"),
    ("DK", "0045-2012-3456", "+4520123456"),
    ("DK", "(+45) 20123456", "+4520123456"),
    ("DK", "4520123456", "+4520123456"),
    ("DK", "20123456.0", "+4520123456"),
    ("DK", "Mobil: 20123456", "+4520123456"),
    ("DK", "+31 6 12345678", "+31612345678"),
    ("DK", "2.01235E+07", None),
    ("DK", "12345678", None),
    ("DK", "2012345", None),
    ("DK", "00000000", None),
    ("DK", "20123456 / 20123457", "+4520123456"),
    ("NO", "91 23 45 67", "+4791234567"),
    ("NO", "+47 912 34 567", "+4791234567"),
    ("NO", "22 12 34 56", "+4722123456"),
    ("NO", "79021234", "+4779021234"),
    ("NL", "06-12345678", "+31612345678"),
    ("NL", "+31 (0)6 12 34 56 78", "+31612345678"),
    ("NL", "0031612345678", "+31612345678"),
    ("NL", "020 123 4567", "+31201234567"),
    ("NL", "612345678.0", "+31612345678"),
    ("NL", "61234567.0", None),
    ("BE", "0475 12 34 56", "+32475123456"),
    ("BE", "0475/12.34.56", "+32475123456"),
    ("BE", "02 212 34 56", "+3222123456"),
    ("BE", "+32 (0)475 12 34 56", "+32475123456"),
    ("SE", "070-123 45 67", "+46701234567"),
    ("", "+4520123456", "+4520123456"),
    ("", "20123456", None),
]
NAMES = [
    ("DK", "  jens   peter ", "Jens Peter"),
    ("DK", "SØREN ÅGÅRD-ØSTERGAARD", "Søren Ågård-Østergaard"),
    ("DK", "æble", "Æble"),
    ("DK", "Jens AAGE", "Jens Aage"),
    ("DK", "KNUD AF ROSENBORG", "Knud af Rosenborg"),
    ("DK", "HANS VON BÜLOW", "Hans von Bülow"),
    ("DK", "J.P. HANSEN", "J.P. Hansen"),
    ("DK", "FREDERIK III", "Frederik III"),
    ("DK", "ijaz ahmed", "Ijaz Ahmed"),
    ("DK", "A\u030age", "Åge"),
    ("DK", "ukendt", None),
    ("DK", "N/A", None),
    ("DK", " - ", None),
    ("DK", "Unknown", None),
    ("DK", "NULL", None),
    ("DK", "Null", "Null"),
    ("NO", "KÅRE BJØRNSTAD", "Kåre Bjørnstad"),
    ("NO", "ukjent", None),
    ("NL", "JAN VAN DER BERG", "Jan van der Berg"),
    ("NL", "VAN DEN HEUVEL", "van den Heuvel"),
    ("NL", "IJSBRAND VAN 'T HOFF", "IJsbrand van 't Hoff"),
    ("NL", "WILLEM OP DEN CAMP", "Willem op den Camp"),
    ("NL", "de jong-ijzerman", "de Jong-IJzerman"),
    ("NL", "van", "Van"),
    ("NL", "ijsbrand", "IJsbrand"),
    ("NL", "MCDONALD", "McDonald"),
    ("NL", "KAREL II", "Karel II"),
    ("NL", "karel de groot", "Karel de Groot"),
    ("BE", "LUC VAN DEN BROECK", "Luc Van den Broeck"),
    ("BE", "MARIE DE LA VALLÉE", "Marie de la Vallée"),
    ("BE", "DE SMET", "De Smet"),
    ("BE", "onbekend", None),
    ("DK", "PATRICK O'NEILL", "Patrick O'Neill"),
    ("DK", "ROSE MCDONALD", "Rose McDonald"),
    ("DK", "李小龍", "李小龍"),
]
POSTCODES = [
    ("DK", "2100", "2100"),
    ("DK", "DK-2100", "2100"),
    ("DK", "dk 2100", "2100"),
    ("DK", "2100.0", "2100"),
    ("DK", "9999", None),
    ("DK", "21000", None),
    ("DK", "SE-2100", None),
    ("NO", "0150", "0150"),
    ("NO", "150", "0150"),
    ("NO", "150.0", "0150"),
    ("NO", "N-0150", "0150"),
    ("NO", "0000", None),
    ("NL", "1012 AB", "1012 AB"),
    ("NL", "1012ab", "1012 AB"),
    ("NL", "NL-1012 ab", "1012 AB"),
    ("NL", "1012", "1012"),
    ("NL", "1012 SS", None),
    ("NL", "0012 AB", None),
    ("BE", "B-2000", "2000"),
    ("BE", "BE 2000", "2000"),
    ("BE", "0150", None),
    ("SE", " 111 22 ", "111 22"),
]
CITIES = [
    ("DK", "København K", "København K"),
    ("DK", "KØBENHAVN K", "København K"),
    ("DK", "kobenhavn  k", "København K"),
    ("DK", "Koebenhavn K", "København K"),
    ("DK", "Kbh. N", "København N"),
    ("DK", "københavn", "København"),
    ("DK", "Århus C", "Aarhus C"),
    ("DK", "nowhere town", "Nowhere Town"),
    ("DK", "ukendt", None),
    ("NO", "MO I RANA", "Mo i Rana"),
    ("NO", "Alesund", "Ålesund"),
    ("NO", "Aalesund", "Ålesund"),
    ("NL", "'S-HERTOGENBOSCH", "'s-Hertogenbosch"),
    ("NL", "ALPHEN AAN DEN RIJN", "Alphen aan den Rijn"),
    ("NL", "den haag", "Den Haag"),
    ("NL", "IJMUIDEN", "IJmuiden"),
    ("BE", "liege", "Liège"),
    ("BE", "BRAINE-L'ALLEUD", "Braine-l'Alleud"),
    ("SE", " Malmö ", "Malmö"),
]
TABLE = [
    (kind, country, raw, expected)
    for kind, rows in (
        (WashKind.EMAIL, EMAILS),
        (WashKind.PHONE, PHONES),
        (WashKind.NAME, NAMES),
        (WashKind.POSTCODE, POSTCODES),
        (WashKind.CITY, CITIES),
    )
    for country, raw, expected in rows
]


@pytest.mark.parametrize(("kind", "country", "raw", "expected"), TABLE)
def test_value_becomes_what_it_ought_to_be(kind, country, raw, expected):
    assert wash(kind, pa.array([raw]), country).values.to_pylist() == [expected]


@pytest.mark.parametrize("kind", list(WashKind))
def test_whole_table_at_once_as_one_by_one(kind):
    rows = [(country, raw) for _, country, raw, _ in TABLE]
    at_once = wash(kind, pa.array([raw for _, raw in rows]), pa.array([country for country, _ in rows]))
    one_by_one = [wash(kind, pa.array([raw]), country) for country, raw in rows]
    assert at_once.values.to_pylist() == [one.values[0].as_py() for one in one_by_one]
    assert at_once.verdicts.to_pylist() == [one.verdicts[0].as_py() for one in one_by_one]


@pytest.mark.parametrize(
    ("kind", "raw", "verdict"),
    [
        (WashKind.EMAIL, "ida@example.com", "valid"),
        (WashKind.EMAIL, "Ida@example.com", "corrected"),
        (WashKind.EMAIL, "ida at example", "invalid"),
        (WashKind.EMAIL, "n/a", "empty"),
        (WashKind.PHONE, "+4520123456", "valid"),
        (WashKind.PHONE, "20123456", "corrected"),
        (WashKind.PHONE, "1", "invalid"),
        (WashKind.PHONE, "   ", "empty"),
        (WashKind.NAME, "Ida", "valid"),
        (WashKind.NAME, "IDA", "corrected"),
        (WashKind.NAME, "x" * 300, "invalid"),
        (WashKind.NAME, "ukendt", "empty"),
        (WashKind.POSTCODE, "9999", "invalid"),
        (WashKind.CITY, None, "empty"),
        (WashKind.NONE, " a ", "corrected"),
        (WashKind.NONE, "n/a", "valid"),
        (WashKind.NONE, "", "empty"),
    ],
)
def test_verdict(kind, raw, verdict):
    assert wash(kind, pa.array([raw], pa.string()), "DK").verdicts.to_pylist() == [verdict]
