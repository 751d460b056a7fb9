"""What headers are called in Danish, Norwegian, Dutch, French, German and English, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LONG = 6
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ĳ": "ij"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column probably is: a name for it, its data category, its type (empty: by content), its identifier."""

    name: str
    category: str
    type: str = ""
    identifier: str = ""


# Name, data category, type and identifier; below them the words, without letters beyond a to z.
_WORDS = """\
customer_no | user.unique_id | text | customer_no
    kundenr kundenummer kunde kundeid klantnr klantnummer klantid noclient numeroclient idclient
    kundennummer customer customerid customerno customernumber medlemsnr medlemsnummer memberid member
    lidnummer
email | user.contact.email | text | email
    email mail epost emailadresse epostadresse mailadresse courriel adressemail emailaddress emailadres
phone | user.contact.phone_number | text | phone
    telefon tlf mobil mobilnr mobilnummer telefonnr telefonnummer mobiltelefon telefoon telefoonnummer
    gsm mobiel telephone tel portable handy phone mobile phonenumber cellphone
login | user.account.username | text | login
    login brugernavn brukernavn gebruikersnaam username userid benutzername identifiant user
device_id | user.device.device_id | text | device_id
    deviceid anonymousid cookieid visitorid enhedsid clientid
national_id | user.government_id | text |
    cpr cprnr cprnummer personnummer foedselsnummer fodselsnummer bsn burgerservicenummer
    rijksregisternummer ssn
first_name | user.name.first | text |
    fornavn voornaam prenom vorname firstname givenname
last_name | user.name.last | text |
    efternavn etternavn achternaam nomdefamille nachname lastname surname familyname
name | user.name | text |
    navn naam nom name fuldenavn fullname kundenavn klantnaam customername
birth_date | user.demographic.date_of_birth | date |
    foedselsdato fodselsdato foedselsdag foedt geboortedatum datedenaissance geburtsdatum birthdate
    dateofbirth dob birthday
gender | user.demographic.gender | text |
    koen kjoenn kon kjonn geslacht sexe geschlecht gender sex
street | user.contact.address.street | text |
    adresse vej vejnavn gade gate straat straatnaam adres rue strasse street address streetaddress
postcode | user.contact.address.postal_code | text |
    postnr postnummer postkode postcode codepostal cp plz postleitzahl zip zipcode postalcode
city | user.contact.address.city | text |
    by bynavn poststed sted woonplaats plaats stad gemeente ville ort stadt city town postdistrikt
country | user.contact.address.country | text |
    land landekode landkode pays country countrycode
language | user.demographic.language | text |
    sprog spraak taal langue sprache language
ip_address | user.device.ip_address | text |
    ip ipadresse ipaddress ipadres adresseip
amount | user.behavior.purchase_history | money |
    beloeb belop beloep pris bedrag prijs totaal montant prix betrag preis amount price total revenue
    omsaetning omsetning unitprice salg
quantity | user.behavior.purchase_history | integer |
    antal antall aantal quantite menge anzahl quantity qty
order_no | user.behavior.purchase_history | text |
    ordrenr ordrenummer ordre fakturanr faktura fakturanummer bestelnummer ordernummer factuurnummer
    commande bestellnummer invoice invoiceno order orderid orderno invoicenumber
product | user.behavior.purchase_history | text |
    vare varenr varenummer produkt produktnr artikel artikelnr artikelnummer produit stockcode sku
    product productid
event | user.behavior | text |
    event haendelse hendelse gebeurtenis evenement ereignis eventname type
url | user.behavior.browsing_history | text |
    url side pagina page pageurl lien
state | user.privacy_preferences | text |
    samtykke samtykkestatus svar valg answer choice antwoord toestemming consentement
    einwilligung consent optin permission tilladelse
notice | user.privacy_preferences | text |
    notice tekstversion version samtykketekst erklaering
purpose | user.privacy_preferences | text |
    formaal formal doel finalite zweck purpose
occurred_at | user.behavior | timestamp |
    at tid tidspunkt dato tijd tijdstip datum date heure zeit time timestamp occurredat invoicedate
    orderdato ordredato orderdate
created_at | user.account | timestamp |
    created createdat oprettet opprettet aangemaakt indmeldt innmeldt joined signedup added registered
updated_at | user.account | timestamp |
    updated updatedat opdateret oppdatert gewijzigd modified changed aendret endret
evidence | user.privacy_preferences | text |
    evidence bevis dokumentation bewijs
"""


def _read_words() -> tuple[tuple[Meaning, tuple[str, ...]], ...]:
    read: list[tuple[Meaning, list[str]]] = []
    for line in _WORDS.splitlines():
        if line.startswith(" "):
            read[-1][1].extend(line.split())
        else:
            read.append((Meaning(*(part.strip() for part in line.split("|"))), []))
    return tuple((meaning, tuple(words)) for meaning, words in read)


_MEANINGS = _read_words()


def spelled(header: str) -> list[str]:
    """A header's words in plain small letters.

    >>> spelled("Beløb (kr.)"), spelled("context.customerId")
    (['beloeb', 'kr'], ['context', 'customer', 'id'])
    """
    split = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", header)
    letters = unicodedata.normalize("NFC", split.lower()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def last_part(header: str) -> str:
    """The last part of a dotted path; any other header as it is.

    >>> last_part("context.userId"), last_part("Beløb inkl. moms"), last_part("Nr.")
    ('userId', 'Beløb inkl. moms', 'Nr')
    """
    return header if " " in header else header.rstrip(".").rpartition(".")[2]


def meaning_of(header: str) -> Meaning | None:
    """What a header probably means, or None.

    >>> meaning_of("E-mailadresse").name, meaning_of("Kundenr.").identifier, meaning_of("Xyz")
    ('email', 'customer_no', None)
    """
    words = spelled(last_part(header))
    together = "".join(words)
    best: tuple[int, Meaning] | None = None
    for meaning, known in _MEANINGS:
        for word in known:
            fit = 3 if word == together else 2 if word in words else 1 if len(word) >= _LONG and word in together else 0
            if fit and (best is None or fit > best[0]):
                best = fit, meaning
    return best[1] if best else None
