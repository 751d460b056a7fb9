"""What headers are called in Danish, Norwegian, Dutch, French, German and English, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ĳ": "ij"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column probably is: a name for it, its data category, its type (empty: by content), its identifier."""

    name: str
    category: str
    type: str = ""
    identifier: str = ""


_MEANINGS: tuple[tuple[Meaning, str], ...] = (
    (
        Meaning("customer_no", "user.unique_id", "text", "customer_no"),
        "kundenr kundenummer kunde kundeid klantnr klantnummer klantid noclient numeroclient idclient"
        " kundennummer customer customerid customerno customernumber medlemsnr medlemsnummer memberid member lidnummer",
    ),
    (
        Meaning("email", "user.contact.email", "text", "email"),
        "email mail epost emailadresse epostadresse mailadresse courriel adressemail emailaddress emailadres",
    ),
    (
        Meaning("phone", "user.contact.phone_number", "text", "phone"),
        "telefon tlf mobil mobilnr mobilnummer telefonnr telefonnummer mobiltelefon telefoon telefoonnummer gsm mobiel"
        " telephone tel portable handy phone mobile phonenumber cellphone",
    ),
    (
        Meaning("login", "user.account.username", "text", "login"),
        "login brugernavn brukernavn gebruikersnaam username userid benutzername identifiant user",
    ),
    (
        Meaning("device_id", "user.device.device_id", "text", "device_id"),
        "deviceid anonymousid cookieid visitorid enhedsid clientid",
    ),
    (
        Meaning("national_id", "user.government_id", "text"),
        "cpr cprnr cprnummer personnummer foedselsnummer fodselsnummer bsn burgerservicenummer rijksregisternummer ssn",
    ),
    (
        Meaning("first_name", "user.name.first", "text"),
        "fornavn voornaam prenom vorname firstname givenname",
    ),
    (
        Meaning("last_name", "user.name.last", "text"),
        "efternavn etternavn achternaam nomdefamille nachname lastname surname familyname",
    ),
    (Meaning("name", "user.name", "text"), "navn naam nom name fuldenavn fullname kundenavn klantnaam customername"),
    (
        Meaning("birth_date", "user.demographic.date_of_birth", "date"),
        "foedselsdato fodselsdato foedselsdag foedt geboortedatum datedenaissance geburtsdatum birthdate dateofbirth dob"
        " birthday",
    ),
    (Meaning("gender", "user.demographic.gender", "text"), "koen kjoenn kon kjonn geslacht sexe geschlecht gender sex"),
    (
        Meaning("street", "user.contact.address.street", "text"),
        "adresse vej vejnavn gade gate straat straatnaam adres rue strasse street address streetaddress",
    ),
    (
        Meaning("postcode", "user.contact.address.postal_code", "text"),
        "postnr postnummer postkode postcode codepostal cp plz postleitzahl zip zipcode postalcode",
    ),
    (
        Meaning("city", "user.contact.address.city", "text"),
        "by bynavn poststed sted woonplaats plaats stad gemeente ville ort stadt city town postdistrikt",
    ),
    (Meaning("country", "user.contact.address.country", "text"), "land landekode landkode pays country countrycode"),
    (Meaning("language", "user.demographic.language", "text"), "sprog spraak taal langue sprache language"),
    (Meaning("ip_address", "user.device.ip_address", "text"), "ip ipadresse ipaddress ipadres adresseip"),
    (
        Meaning("amount", "user.behavior.purchase_history", "money"),
        "beloeb belop beloep pris bedrag prijs totaal montant prix betrag preis amount price total revenue omsaetning"
        " omsetning unitprice salg",
    ),
    (
        Meaning("quantity", "user.behavior.purchase_history", "integer"),
        "antal antall aantal quantite menge anzahl quantity qty",
    ),
    (
        Meaning("order_no", "user.behavior.purchase_history", "text"),
        "ordrenr ordrenummer ordre fakturanr faktura fakturanummer bestelnummer ordernummer factuurnummer commande"
        " bestellnummer invoice invoiceno order orderid orderno invoicenumber",
    ),
    (
        Meaning("product", "user.behavior.purchase_history", "text"),
        "vare varenr varenummer produkt produktnr artikel artikelnr artikelnummer produit stockcode sku product productid",
    ),
    (
        Meaning("event", "user.behavior", "text"),
        "event haendelse hendelse gebeurtenis evenement ereignis eventname type",
    ),
    (Meaning("url", "user.behavior.browsing_history", "text"), "url side side_url pagina page pageurl lien"),
    (
        Meaning("state", "user.privacy_preferences", "text"),
        "samtykke status samtykkestatus toestemming consentement einwilligung consent optin permission tilladelse",
    ),
    (Meaning("notice", "user.privacy_preferences", "text"), "notice tekstversion version samtykketekst erklaering"),
    (Meaning("purpose", "user.privacy_preferences", "text"), "formaal formal doel finalite zweck purpose"),
    (
        Meaning("occurred_at", "user.behavior", "timestamp"),
        "tid tidspunkt dato tijd tijdstip datum date heure zeit time timestamp occurredat invoicedate orderdato"
        " ordredato orderdate created createdat oprettet opprettet",
    ),
)
_LONG = 6


def spelled(header: str) -> list[str]:
    """A header's words in plain small letters.

    >>> spelled("Beløb (kr.)"), spelled("context.customerId")
    (['beloeb', 'kr'], ['context', 'customer', 'id'])
    """
    split = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", header)
    letters = unicodedata.normalize("NFC", split.lower()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def meaning_of(header: str) -> Meaning | None:
    """What a header probably means, or None.

    >>> meaning_of("E-mailadresse").name, meaning_of("Kundenr.").identifier, meaning_of("Xyz")
    ('email', 'customer_no', None)
    """
    words = spelled(header.rpartition(".")[2] or header)
    together = "".join(words)
    best: tuple[int, Meaning] | None = None
    for meaning, known in _MEANINGS:
        for word in known.split():
            fit = 3 if word == together else 2 if word in words else 1 if len(word) >= _LONG and word in together else 0
            if fit and (best is None or fit > best[0]):
                best = fit, meaning
    return best[1] if best else None
