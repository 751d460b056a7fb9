"""What a header says in the languages of the house: the name, data category and identifier that go with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# name, category, kind of identifier or -, then headers as `folded` makes them: Danish, Norwegian, Dutch, English.
_WORDS = """
email       user.contact.email                 email       | email mail emailadresse emailadres emailaddress epost
email       user.contact.email                 email       | epostadresse mailadresse useremail contactemail
phone       user.contact.phone_number          phone       | phone phonenumber phoneno telephone tel tlf tlfnr telefon
phone       user.contact.phone_number          phone       | telefonnr telefonnummer telefoon telefoonnummer msisdn gsm
phone       user.contact.phone_number          phone       | mobil mobilnr mobilnummer mobiltelefon mobile mobiel
customer_no user.unique_id                     customer_no | kundenr kundenummer kundeid customer customerid customerno
customer_no user.unique_id                     customer_no | customernumber klantnr klantnummer klantid debitornr
member_no   user.unique_id                     member_no   | medlemsnr medlemsnummer memberno memberid klubnr lidnummer
user_id     user.unique_id                     user_id     | userid brugerid brukerid gebruikersid
login       user.account.username              login       | login username brugernavn brukernavn gebruikersnaam
device_id   user.device.device_id              device_id   | anonymousid deviceid device cookieid visitorid clientid
record_no   user.unique_id                     -           | id nr subscriber subscriberid uuid guid
first_name  user.name.first                    -           | fornavn fornavne firstname givenname voornaam prenom
middle_name user.name                          -           | mellemnavn mellomnavn middlename tussenvoegsel
last_name   user.name.last                     -           | efternavn etternavn lastname surname familyname achternaam
full_name   user.name                          -           | navn name naam fullname fuldenavn kundenavn customername
street      user.contact.address.street        -           | adresse adres address street streetaddress vej gade straat
postcode    user.contact.address.postal_code   -           | postnr postnummer postcode postalcode zip zipcode
city        user.contact.address.city          -           | by bynavn poststed city town plaats woonplaats gemeente
country     user.contact.address.country       -           | land landekode landkode landcode country countrycode
company     user.contact.organization          -           | firma firmanavn virksomhed company bedrijf organisation
birth_date  user.demographic.date_of_birth     -           | foedselsdag foedselsdato birthdate birthday dateofbirth dob
birth_date  user.demographic.date_of_birth     -           | geboortedatum
gender      user.demographic.gender            -           | koen kjoenn gender sex geslacht
language    user.demographic.language          -           | sprog spraak language taal locale
national_id user.government_id.national_identification_number - | cpr cprnr cprnummer personnummer foedselsnummer bsn
national_id user.government_id.national_identification_number - | burgerservicenummer rijksregisternummer ssn
ip_address  user.device.ip_address             -           | ip ipaddress ipadresse ipadres
account_no  user.financial.bank_account        -           | iban kontonr kontonummer bankaccount rekeningnummer
customer_type user.account                     -           | kundetype customertype klanttype
points      user.account                       -           | point points poeng punten
tier        user.account                       -           | niveau tier level
created_at  user.account                       -           | oprettet opprettet created createdat createdon aangemaakt
created_at  user.account                       -           | signup signedup indmeldt joined joinedon
updated_at  user.account                       -           | opdateret oppdatert updated updatedat modified modifiedat
updated_at  user.account                       -           | sidstaendret gewijzigd lastmodified
invoice_no  user.behavior.purchase_history     -           | fakturanr fakturanummer invoice invoiceno invoiceid
order_no    user.behavior.purchase_history     -           | ordrenr ordrenummer order orderno orderid ordernumber
stock_code  user.behavior.purchase_history     -           | varenr varenummer stockcode sku productid artikelnr
description user.behavior.purchase_history     -           | varenavn produkt product productname description
category    user.behavior.purchase_history     -           | kategori category categorie varegruppe
quantity    user.behavior.purchase_history     -           | antal antall quantity qty aantal
amount      user.behavior.purchase_history     -           | beloeb amount total bedrag omsaetning omzet revenue
unit_price  user.behavior.purchase_history     -           | pris price unitprice prijs stykpris
event       user.behavior.browsing_history     -           | event eventname haendelse hendelse
session_id  user.behavior.browsing_history     -           | sessionid session
path        user.behavior.browsing_history     -           | path url page pageurl side
search      user.behavior.search_history       -           | search query searchterm soegning soegeord
occurred_at user.behavior                      -           | timestamp time occurredat invoicedate orderdate ordredato
occurred_at user.behavior                      -           | dato date datum tid tidspunkt tijdstip at
state       user.privacy_preferences           -           | samtykke samtykkestatus consent toestemming optin answer
notice      user.privacy_preferences           -           | notice noticeversion samtykketekst textversion
evidence    user.privacy_preferences           -           | evidence bevis proof bewijs
purpose     user.privacy_preferences           -           | purpose formaal doel
"""
_AMOUNTS = frozenset({"amount", "unit_price"})
_LETTERS = {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "ß": "ss", "ĳ": "ij"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header probably means."""

    name: str
    category: str
    identifier: str | None = None

    @property
    def is_money(self) -> bool:
        """Whether its numbers are amounts."""
        return self.name in _AMOUNTS


def meaning_of(header: str) -> Meaning | None:
    """What the header (of a dotted path the last part) probably means; None where nobody can tell.

    >>> meaning_of("Kundenr."), meaning_of("Intern note")
    (Meaning(name='customer_no', category='user.unique_id', identifier='customer_no'), None)
    """
    return _MEANINGS.get(folded(header.rpartition(".")[2])) or _MEANINGS.get(folded(header))


def name_of(header: str) -> str:
    """A column's name in the spelling of its header.

    >>> name_of("properties.Købt hos"), name_of("2 navn")
    ('koebt_hos', 'column_2_navn')
    """
    last = header.rpartition(".")[2].strip() or header
    snaked = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last)
    name = re.sub(r"[^a-z0-9]+", "_", _ascii(snaked)).strip("_")
    return (name if name[:1].isalpha() else f"column_{name}".rstrip("_"))[:60].rstrip("_")


def folded(header: str) -> str:
    """A header without what is written now one way, now another.

    >>> folded("E-mail"), folded("Beløb")
    ('email', 'beloeb')
    """
    return re.sub(r"[^a-z0-9]", "", _ascii(header))


def _ascii(text: str) -> str:
    spelled = "".join(_LETTERS.get(letter, letter) for letter in text.lower())
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def _read() -> Mapping[str, Meaning]:
    found: dict[str, Meaning] = {}
    for line in _WORDS.strip().splitlines():
        said, _, headers = line.partition("|")
        name, category, identifier = said.split()
        meaning = Meaning(name, category, None if identifier == "-" else identifier)
        found |= dict.fromkeys(headers.split(), meaning)
    return found


_MEANINGS = _read()
