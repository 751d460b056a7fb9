"""Words that stand where names do: titles, estates, families, and what is typed to see what happens."""

from __future__ import annotations

import re

# Titles that no name is; these with a full stop alone: Ing, Ir and Mag are names too.
_TITLES = (
    r"dr\.? ?med|hr|herr|fru|frk|frøken|dr|prof|professor|dhr|mevr|mevrouw|mw|mej|mejuffrouw|meneer|de heer|drs|mr|mrs"
    r"|ms|miss|mme"
    r"|mlle|monsieur|madame|mademoiselle|frau|overlæge|doktor|dokter|ing\.|ir\.|ds\.|mag\.|lic\.|em\."
)
TITLE = re.compile(rf"^(?:(?:{_TITLES})(?:\.|(?=[ .]))[ .]*)+(?=\S)", re.IGNORECASE)
# In Belgium M. is Monsieur before two names, elsewhere an initial.
FRENCH_TITLE = re.compile(r"^M(?:\.|(?= )) ?(?=[^\W\d_]{2,}(?:-[^\W\d_]+)? (?:[dl]['’])?[^\W\d_]{2})")
DEGREE = re.compile(
    r",? +\(?(?:ph\.?d|m\.?sc|b\.?sc|mba|md|ma|ba|llm|(?:cand|stud|ex|dipl)\.? ?(?:merc|jur|med|polyt|scient|mag|oecon"
    r"|ing|pæd)"
    r"(?:\.? ?(?:aud|art))?)\.?\)?$",
    re.IGNORECASE,
)
DECEASED = re.compile(
    r"(?i)(?:^|[^\w])(?:død|dødsbo|dødsboet|boet efter|boet etter|afdøde?|avdøde?|bo v/|overleden|wijlen|erven"
    r"|nalatenschap"
    r"|erfgenamen|décédée?|decede|feu|succession|héritiers|deceased|†)(?:[^\w]|$)|†"
)
TWO_PEOPLE = re.compile(
    r"(?i) (?:og|en|et|and|und(?! zu)) |[&+]| / |^(?:fam(?:\.|ilien|ilie|ille)?|ægteparret|ekteparet|echtpaar"
    r"|dhr\.?/mevr\.?|hr\.?/fru|m\.?/mme) "
)
_TEST_WORD = (
    r"test|tester|testesen|testsen|testen|testperson|testbruger|testbruker|asdf\w*|qwert\w*|abcd?|fornavn|efternavn"
    r"|etternavn"
    r"|mellemnavn|navn|voornaam|achternaam|naam|prénom|prenom|firstname|lastname|dummy|fake|n\.?n\.?|foobar|blabla"
)
_TEST_NAME = (
    r"ola nordmann|kari nordmann|john doe|jane doe|donald duck|anders and|mickey mouse|jan modaal|piet puk"
    r"|max mustermann"
    r"|julemanden|julenissen|sinterklaas|kerstman|jan met de pet|joe bloggs|batman|superman|foo bar|nomen nescio"
)
TEST = re.compile(
    rf"(?i)^(?:{_TEST_NAME})$|(?:^|[ -])(?:{_TEST_WORD})(?:[ -]|$)|(?:^|[ -])([^\Wi_])\1\1+(?:[ -]|$)|^(\w)\2$"
)
CONTACT = re.compile(r"(?i)\S@\S|https?:|www\.|\.(?:com|dk|no|nl|be)\b|(?:\d[ .-]?){6,}")
ADDRESS_BEHIND = re.compile(r"(?<=\w) ?[<(\[]\S+@\S+[>)\]]$")
INITIALS_GLUED = re.compile(r"((?:^| )(?:[^\W\d_]\.)+)(?=[^\W\d_]{2,}(?:[ -]|$))")
CAMEL = re.compile(r"^([^\W\d_]+?)([^\W\d_a-zæøåé]+[^\W\d_]*)$")
FAMILY_IN_CAPITALS = re.compile(r"^((?:[^\W\d_a-zæøå]+[ '’-]?)*[^\W\d_a-zæøå]{2,}) ([^\W\d_][^\W\d_]*[a-zæøåé].*)$")
ODD = re.compile(r"[^\w\s'’`´.\-–·]|_")
# Small Latin letters of one code point; ii is a number.
_REPEATED = "abcdefghjklmnopqrstuvwxyz" + "".join(chr(code) for code in range(0xE0, 0x100) if code != 0xF7)
# For the vectorised path: where one of these stands, the value is looked at word for word.
PARTICULAR = (
    r"(?i)^(?:hr|herr|fru|frk|frøken|dr|prof|professor|dhr|mevr|mevrouw|mw|mej|mejuffrouw|meneer|de heer|drs|mr|mrs|ms"
    r"|miss"
    r"|mme|mlle|monsieur|madame|mademoiselle|frau|overlæge|doktor|dokter|m|fam|familien|familie|famille|ægteparret"
    r"|ekteparet|echtpaar)(?:[ .]|$)"
    r"|(?:^|[ -])(?:dødsbo|dødsboet|død|boet|afdøde?|avdøde?|overleden|wijlen|erven|nalatenschap|erfgenamen|décédée?"
    r"|decede"
    r"|feu|succession|héritiers|deceased|og|en|et|and|und|phd|msc|bsc|mba|md|ma|ba|llm|cand|stud|ex|dipl|i+|iv|vi+"
    r"|ix)(?:[ .-]|$)"
    rf"|(?:^|[ -])(?:{_TEST_WORD})(?:[ -]|$)|^(?:{_TEST_NAME})$"
    r"|" + "|".join(rf"(?:^|[ -]){letter}{letter}{letter}*(?:[ -]|$)" for letter in _REPEATED)
)
