"""Mailboxes that are no person's: those of a role in a company, and those that say that there is no address."""

from __future__ import annotations

import re

_ROLES = (
    # any language
    "info|information|contact|mail|email|e-mail|post|admin|administrator|administration|office|support|service|services"
    "|help|helpdesk|hello|team|hr|job|jobs|career|careers|press|media|marketing|sales|sale|shop|store|web|webmaster"
    "|webshop|postmaster|hostmaster|abuse|root|billing|invoice|invoices|accounting|accounts|finance|order|orders|booking"
    "|reservation|reservations|reception|newsletter|privacy|gdpr|dpo|legal|security|it|crm|export|import|logistics"
    # Danish and Norwegian
    "|kontakt|kontor|kontoret|salg|hej|hei|hallo|kundeservice|kundecenter|kundesenter|faktura|fakturaer|bogholderi"
    "|regnskab|regnskap|okonomi|oekonomi|økonomi|firmapost|firmamail|hovedpostkasse|postmottak|epost|resepsjon"
    "|receptionen|butik|butikk|butikken|ordre|bestilling|presse|redaktion|redaksjon|sekretariat|sekretariatet|direktion"
    "|ledelse|skole|skolen|kirkekontor|bestyrelsen|formand|formann|kasserer|styret|daglig.leder|lager|indkob|innkjop"
    "|vaerksted|verksted|klinik|klinikk|klinikken|udlejning|utleie|tilbud|lon|lonn|personale|medlem"
    # Dutch
    "|verkoop|inkoop|klantenservice|receptie|onthaal|administratie|boekhouding|factuur|facturen|facturatie|crediteuren"
    "|debiteuren|directie|secretariaat|bestelling|bestellingen|bestel|reserveren|reserveringen|redactie|winkel|planning"
    "|magazijn|werkplaats|personeel|vacature|vacatures|bestuur|penningmeester|praktijk|offerte|offertes|aanvraag"
    # French
    "|bonjour|accueil|commercial|commandes|commande|vente|ventes|achat|achats|comptabilite|facturation|secretariat"
    "|direction|boutique|magasin|sav|rh|presse|redaction"
)
_PLACEHOLDERS = (
    "no-?reply|do-?not-?reply|ikke-?svar|test|tester|testing|asdf+|qwerty|xx+|dummy|fake|nobody|none|null|unknown"
    "|noemail|no-?email|nomail|no-?mail|no|nej|nei|nee|geen|geenemail|geen-?mail|ingen|ingenmail|ingen-?mail|ingenepost"
    "|ingen-?epost|har-?ikke|aucun|pasdemail|anonym|anonymous|ukendt|ukjent|onbekend|inconnu|abcd?|123+"
)
# For the vectorised path and the other alike; the part after + is a tag of the owner's.
ROLE = rf"^(?:{_ROLES})[0-9]{{0,2}}(?:\+[^@]*)?@"
PLACEHOLDER = rf"^(?:{_PLACEHOLDERS})[0-9]{{0,2}}(?:\+[^@]*)?@"
_ROLE, _PLACEHOLDER = re.compile(ROLE), re.compile(PLACEHOLDER)


def is_role(address: str) -> bool:
    """Whether a lower-case address is that of a role.

    >>> is_role("info@example.com"), is_role("kontakt+tilbud@example.dk"), is_role("ida@example.com")
    (True, True, False)
    """
    return _ROLE.match(address) is not None


def is_placeholder_address(address: str) -> bool:
    """Whether a lower-case address only says that there is none, or was typed to see what happens.

    >>> is_placeholder_address("noreply@example.com"), is_placeholder_address("testa.hansen@example.com")
    (True, False)
    """
    return _PLACEHOLDER.match(address) is not None
