"""What people answered, in the words of six languages: given, refused, withdrawn, objected."""

from __future__ import annotations

from collections.abc import Iterable

from tillid.terms.header_words import spelled

_WORDS = {
    "given": "ja j yes y given granted true 1 oui aktiv active tilmeldt subscribed optin optedin accepteret accepted"
    " gitt gav givet verleend accorde agreed aangemeld gegeven akkoord toegestaan"
    " samtykket erteilt donne accepte confirmed bekraeftet godkendt",
    "refused": "nej nei n no refused false 0 non nee nein afvist geweigerd denied rejected avvist avslaat"
    " abgelehnt refuse declined nektet avslatt afslaaet afslaet",
    "withdrawn": "afmeldt avmeldt withdrawn unsubscribed trukket tilbagetrukket trukkettilbake uitgeschreven optout"
    " optedout ingetrokken revoked afgemeld widerrufen abgemeldet retire desinscrit tilbagekaldt meldtfra"
    " trukkettilbage",
    "objected": "indsigelse innsigelse objected bezwaar opposition protest objection widerspruch",
}
_STATE_OF = {word: state for state, words in _WORDS.items() for word in words.split()}


def states_of(words: Iterable[str]) -> dict[str, str]:
    """The words that are known, with the state that each stands for.

    >>> states_of(["Ja", "trukket tilbage", "perhaps"])
    {'Ja': 'given', 'trukket tilbage': 'withdrawn'}
    """
    found = {word: _STATE_OF.get("".join(spelled(word)), "") for word in words}
    return {word: state for word, state in found.items() if state}
