"""Made-up national identity numbers of test persons, with check digits worked out here, and numbers that only look so."""

from __future__ import annotations


def _sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def cpr(birth: str, serial: int) -> str:
    """The first CPR of these six digits from `serial` on that holds modulus 11, with a dash."""
    while True:
        check = -_sum(f"{birth}{serial:03}", (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"{birth}-{serial:03}{check}"
        serial += 1


def fodselsnummer(birth: str, serial: int, remainder: int = 0) -> str:
    """The first number of these six digits from `serial` on; 1 to 3 as `remainder` are allowed from 2032."""
    while True:
        nine = f"{birth}{serial:03}"
        first = (remainder - _sum(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
        if first < 10:
            second = -_sum(f"{nine}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
            if second < 10:
                return f"{nine}{first}{second}"
        serial += 2


def bsn(eight: str) -> str:
    """The BSN of these eight digits, or of the next for which there is one."""
    while True:
        check = _sum(eight, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"{eight}{check}"
        eight = f"{int(eight) + 1:08}"


def rijksregisternummer(nine: str, *, since_2000: bool = False) -> str:
    """The number of these nine digits, as it is written."""
    check = 97 - int(("2" if since_2000 else "") + nine) % 97
    return f"{nine[:2]}.{nine[2:4]}.{nine[4:6]}-{nine[6:]}.{check:02}"


CPR = (cpr("610170", 123), cpr("770284", 310), cpr("811203", 520), cpr("650499", 400))
"""Test numbers of Denmark: 60 added to the day."""
FODSELSNUMMER = (
    fodselsnummer("018170", 301),
    fodselsnummer("158905", 701),
    fodselsnummer("419288", 210),
    fodselsnummer("098231", 611, remainder=2),
)
"""Synthetic persons of Norway's tax agency, 80 added to the month; a D-number, and one with the digit of 2032."""
BSN = ("999911120", "999990019", bsn("01234567"), bsn("99990000"))
RIJKSREGISTERNUMMER = (
    rijksregisternummer("850730033"),
    rijksregisternummer("010203112", since_2000=True),
    rijksregisternummer("774112045"),
    rijksregisternummer("992605210"),
)
"""Two of citizens, two BIS numbers."""
VALID = (*CPR, *FODSELSNUMMER, *BSN, *RIJKSREGISTERNUMMER)
INVALID = (
    *("320170-1234", "010170-12345", "311370-1234", "300285-4321"),
    *("01817030199", "15890570112", "99999999999", "1234567890123"),
    *("999911121", "12345678", "99999001", "000000000"),
    *("85.07.30-033.99", "85.13.30-033.28", "85.07.32-033.28", "850730000"),
)
"""Four of each kind that are none: dates that do not exist, wrong check digits, wrong lengths."""
