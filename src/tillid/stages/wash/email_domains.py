"""What is known of the domain of an address: a frequent provider, one mistyped, or one that throws mail away."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache

from disposable_email_domains import blocklist

from tillid.stages.wash.grading import Grade
from tillid.stages.wash.reasons import Reason

# Providers with so many addresses that a slip in their name is by far the likeliest reading of what was typed.
VERY_FREQUENT = frozenset(
    "gmail.com hotmail.com hotmail.dk hotmail.no hotmail.nl hotmail.be hotmail.fr outlook.com outlook.dk outlook.be"
    " yahoo.com yahoo.dk yahoo.no yahoo.fr icloud.com protonmail.com stofanet.dk jubii.dk online.no ziggo.nl"
    " kpnmail.nl hetnet.nl xs4all.nl upcmail.nl skynet.be telenet.be proximus.be".split()
)
# With these, a slip is likely enough to doubt what was typed, and no more: their names are near other words.
FREQUENT = VERY_FREQUENT | frozenset(
    "live.com live.dk live.no live.nl live.be mail.dk youmail.dk broadpark.no getmail.no planet.nl home.nl casema.nl"
    " chello.nl telfort.nl scarlet.be".split()
)
_MICROSOFT = {
    "hotmail": "at ca ch cl co.il co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.hk com.tr com.tw com.vn"
    " cz de es fi gr hu it jp lt lv my ph rs se sg sk",
    "outlook": "at cl co.id co.il co.nz co.th com.ar com.au com.br com.gr com.pe com.tr com.vn cz de es fr hu ie in it"
    " jp kr lv my nl ph pt sa sg sk",
}
# Real providers: their names are never taken for another's.
_ALSO_KNOWN = frozenset(
    "googlemail.com live.fr live.se live.co.uk live.de live.at windowslive.com msn.com me.com yahoo.de yahoo.se"
    " yahoo.nl yahoo.be yahoo.co.uk yahoo.es yahoo.it ymail.com rocketmail.com mac.com aol.com proton.me pm.me"
    " mail.com email.com gmx.com gmx.net gmx.de gmx.at gmx.fr web.de t-online.de freenet.de fastmail.com fastmail.nl"
    " fastmail.fm hey.com zoho.com zohomail.eu tutanota.com tuta.io tuta.com posteo.de posteo.dk posteo.no posteo.be"
    " mailbox.org email.dk e-mail.dk sol.dk ofir.dk forum.dk tdcadsl.dk tdc.dk mail.tele.dk webspeed.dk get2net.dk"
    " tiscali.dk privat.dk city.dk paradis.dk bluemail.dk mailme.dk cybercity.dk comxnet.dk fibermail.dk altiboxmail.dk"
    " altibox.dk waoomail.dk dukamail.dk dbmail.dk start.no frisurf.no c2i.net lyse.net altibox.no telenor.no epost.no"
    " spray.no tele2.no nextgentel.com enivest.net tussa.com haugnett.no online.nl kpnplanet.nl quicknet.nl tele2.nl"
    " zonnet.nl wanadoo.nl orange.nl solcon.nl caiway.nl upc.nl freeler.nl tiscali.nl versatel.nl vodafone.nl"
    " vodafonethuis.nl zeelandnet.nl kabelfoon.nl hccnet.nl delta.nl telfortglasvezel.nl freemail.nl mailmij.nl msn.nl"
    " kpn.nl dds.nl xmsnet.nl mail.be pandora.be belgacom.net voo.be base.be orange.be tiscali.be advalvas.be"
    " versatel.be edpnet.be brutele.be mobistar.be telenetmail.be tele2.be orange.fr wanadoo.fr free.fr laposte.net"
    " sfr.fr bbox.fr neuf.fr telia.com bredband.net comhem.se spray.se elisanet.fi kolumbus.fi libero.it virgilio.it"
    " btinternet.com sky.com comcast.net verizon.net att.net sbcglobal.net yandex.ru yandex.com mail.ru wp.pl o2.pl"
    " onet.pl interia.pl seznam.cz".split()
)
KNOWN = FREQUENT | _ALSO_KNOWN | {f"{name}.{end}" for name, ends in _MICROSOFT.items() for end in ends.split()}
# Endings that no registry has, and what the fingers meant.
_ENDINGS = {
    ending: meant
    for meant, typed in (
        ("com", "con cmo ocm vom xom comm coom ccom cim cpm clm cok coml comn como conm com1 dom don kom c0m copm"),
        ("dk", "dkk ddk dkj dl kd dkn"),
        ("no", "noo nno nb mno"),
        ("nl", "nll nnl mnl nlk nln"),
        ("be", "bee bbe eb vbe"),
        ("net", "nte ent nett neet nrt"),
        ("fr", "frr rf"),
    )
    for ending in typed.split()
}
# These belong to one provider alone, so with another ending they are most often that one's.
_OF_ONE_PROVIDER = {"gmail": "gmail.com", "icloud": "icloud.com", "hotmail": "hotmail.com", "outlook": "outlook.com"}
_SHORTEST = 5
# A slip makes a name one letter longer or shorter at most.
_LENGTHS = range(min(map(len, FREQUENT)) - 1, max(map(len, FREQUENT)) + 2)


@lru_cache(maxsize=100_000)
def domain_grade(domain: str) -> Grade:
    """A domain as it most likely is, and what is to be said of it.

    Put right where one letter is missing or two changed places in the name of a frequent provider, or where no
    registry has the ending; any other likeness is only doubtful, and the domain is kept.

    >>> domain_grade("gmial.com"), domain_grade("hotmail.con")[0], domain_grade("example.com")
    (('gmail.com', <Reason.EMAIL_DOMAIN_CORRECTED: 'email_domain_corrected'>), 'hotmail.com', ('example.com', None))
    """
    if domain in KNOWN:
        return domain, None
    likely, sure = _likely(domain)
    if likely is not None:
        return (likely, Reason.EMAIL_DOMAIN_CORRECTED) if sure else (domain, Reason.EMAIL_DOMAIN_DOUBTFUL)
    # A list of hosts names the domain that is sold, the address may have a name before it.
    if any(part in blocklist for part in _with_parents(domain)):
        return domain, Reason.EMAIL_DISPOSABLE
    return domain, None


def likely_domain(domain: str) -> str | None:
    """The domain that a doubtful one most likely stands for, or None; a proposal for a person to look at.

    >>> likely_domain("gmaik.com"), likely_domain("firma.con"), likely_domain("example.com")
    ('gmail.com', 'firma.com', None)
    """
    return None if domain in KNOWN else _likely(domain)[0]


def _likely(domain: str) -> tuple[str | None, bool]:
    """The domain meant, and whether it is sure."""
    name, _, ending = domain.rpartition(".")
    if ending in _ENDINGS:
        meant = f"{name}.{_ENDINGS[ending]}"
        return (meant, True) if meant in KNOWN else (_near(meant)[0] or meant, False)
    if domain.startswith("www."):
        meant = domain[4:]
        return meant, meant in KNOWN
    near, sure = _near(domain)
    owner = _OF_ONE_PROVIDER.get(name.partition(".")[0])
    return (near, sure) if sure or owner is None else (owner, False)


def _near(domain: str) -> tuple[str | None, bool]:
    """The frequent provider one slip away, and whether the slip is an omission or an exchange that is sure."""
    if len(domain) not in _LENGTHS:
        return None, False
    keys = {domain, *_shorter(domain)}
    near = {provider for key in keys for provider in _slips().get(key, ()) if _one_slip(domain, provider)}
    lost = sorted(p for p in near if domain in _shorter(p) or domain in _exchanged(p))
    # Two letters of a short name are soon another word.
    far = sorted(p for p in near if len(p.partition(".")[0]) >= _SHORTEST)
    if not lost and not far:
        return None, False
    return (lost or far)[0], len(lost) == 1 and lost[0] in VERY_FREQUENT


@cache
def _slips() -> dict[str, list[str]]:
    """Each frequent provider, and each with one letter left out, to the providers meant."""
    known: dict[str, list[str]] = defaultdict(list)
    for provider in FREQUENT:
        for key in {provider, *_shorter(provider)}:
            known[key].append(provider)
    return known


def _shorter(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _exchanged(text: str) -> set[str]:
    return {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one omission, addition, other letter or exchange of neighbours lies between (Damerau 1964)."""
    if len(typed) != len(meant):
        return typed in _shorter(meant) or meant in _shorter(typed)
    differ = [at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    return len(differ) == 1 or typed in _exchanged(meant)


def _with_parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]
