"""Words in the names of events, properties and attributes that say what they mean to a firm.

English first, the commonest of German, French, Spanish, Portuguese, Italian and Dutch beside it; names are compared in
lower case, without accents, as plain words. A guess is a start for a talk; the draft says on what it rests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clew.ingest import vocabulary
from clew.ingest.looks import words_of


@dataclass(frozen=True)
class Reads:
    """How the names of one meaning read: every pattern of `all_of` begins a word somewhere, none of `never` does."""

    all_of: tuple[str, ...]
    never: str = ""

    def fits(self, name: str) -> bool:
        """Whether a name reads so."""
        words = spoken(name)
        begins = [re.search(rf"\b(?:{pattern})", words) for pattern in self.all_of]
        return all(begins) and not (self.never and re.search(rf"\b(?:{self.never})", words))


def spoken(name: str) -> str:
    """A name as plain words: Contract_Cancelled -> contract cancelled."""
    return vocabulary.plain(" ".join(words_of(name)))


def reading(names: Iterable[str], *ways: Reads) -> list[str]:
    """The names that read one of these ways."""
    return [name for name in names if any(way.fits(name) for way in ways)]


_LASTING = (
    "contract|subscription|account|customer|client|membership|policy|licen[cs]e|vertrag|abo\\b|kunde|contrat|klant"
)
_BY_MAIL_OR_CALL = (
    "mail|email|e mail|newsletter|campaign|letter|sms|message|call|phone|anruf|brief|nachricht|courriel|correo|llamada"
)
_ASKED_FOR = "question|information|details|data|questionnaire|document|frage|daten|information|pregunta|domanda|vraag"
_PROMISE = "promise|commitment|zusage|versprechen|promesse|promesa|promessa|belofte"

CUSTOMERS = Reads(
    (
        "deal|opportunity|sale|contract|subscription|auftrag|vertrag|abo\\b|contrat",
        "won|signed|started|activated|gewonnen|unterschr",
    ),
    "lost|renew|exten|usage|handoff",
)
LOST = (
    Reads(
        (
            _LASTING,
            "cancel|terminat|churn|lost|expire|ended|gekundigt|kundigung|resili|anulad|disdett|opgezegd|beendet",
        ),
        "deal|lead|opportunit|renewal|meeting|order|ticket|case|request|call",
    ),
    Reads(("account|customer|subscription|konto", "closed|deactivated|left|geschlossen")),
    Reads(("churned|churn$",)),
)
RENEWED = Reads(
    ("renewed|renewal (?:won|signed|accepted|agreed)|verlangert|renouvele|renovad|rinnovat|verlengd",),
    "offer|due|remind|lost|request|not ",
)
EXPANDED = Reads(
    ("extended|expanded|upsold|upgraded|cross sold|seats added|extension signed|erweitert|ampliad|uitgebreid",),
    "talk|offer|deadline|propos|meeting|trial|call|ticket|due",
)
LOUD = Reads(
    ("complain|escalat|beschwer|eskal|reklam|reclam|plainte|queja|klacht",),
    "resolved|closed|answered|not |de ",
)
SENT = (
    Reads(
        (
            _BY_MAIL_OR_CALL,
            "sent|written|made|placed|delivered|geschickt|gesendet|versandt|geschrieben|envoy|enviad|inviat|verzonden",
        ),
        "customer|received|bounced|promise|invoice|handoff|incoming|inbound",
    ),
    Reads(("called|mailed|emailed|phoned|outreach",), "customer"),
)
ASKED = Reads(
    (_ASKED_FOR, "asked|requested|again|gestellt|angefragt|angefordert|posee|hecha|fatta|gesteld"), "ticket|answer"
)
ANSWERED = Reads(
    (
        "answer|antwort|reponse|respuesta|risposta|antwoord|" + _ASKED_FOR,
        "given|received|answered|provided|gegeben|erhalten|eingegangen",
    ),
    "ticket|case|request|survey|review|call|asked",
)
STATED = Reads(
    ("statement|stated|told|quoted|confirmed to|aussage|auskunft|mitgeteilt|zugesichert",), "bank|account statement"
)
PROMISED = (Reads((_PROMISE, "made|given|gegeben|gemacht|faite|hecha|fatta|gedaan")), Reads(("promised|committed",)))
KEPT = Reads((_PROMISE, "kept|fulfilled|done|met\\b|eingehalten|erfullt|tenue|cumplid|mantenut|nagekomen"))
OUTREACH = Reads(
    ("offer made|offer sent|expansion|upsell|cross sell|upgrade (?:offer|call|talk)|account plan|angebot",),
    "renewal|signed|declined|rejected|won",
)
USED = Reads(("used|usage|login|logged in|session|nutzung|genutzt",), "support|review|ticket")
OPENED = Reads(
    ("opened|created|raised|submitted|reported|logged|eroffnet|erstellt|ouvert|abiert|abert|apert|geopend",),
    "reopen|re open",
)
REPLIED = Reads(
    ("answered|replied|responded|first response|response|beantwortet|repondu|respondid|rispost|beantwoord",), "survey"
)
REOPENED = Reads(("reopen|re open|wiedereroffnet|wieder ",))
CLOSED = (
    Reads(("closed|geschlossen|ferme|clotur|cerrad|fechad|chius|gesloten",), "not "),
    Reads(("resolved|solved|done|completed|gelost|erledigt|resolu|resuelt|resolvid|risolt|opgelost",), "not |un"),
)

REQUEST = Reads(
    ("ticket|case|request|incident|issue|enquir|inquir|anfrage|vorgang|storung|dossier|solicitud|chamado|melding",)
)
TOPIC = tuple(
    Reads((pattern,), "mail subject")
    for pattern in (
        "topic|thema|sujet|tema|argomento|onderwerp",
        "theme|category|kategorie|categor",
        "subject|betreff|asunto",
        "reason",
    )
)
SAYS = Reads(("says|said|stated|statement|claim|told|aussage",))
PROMISE_ID = (Reads((_PROMISE, "id|no|nr|number|ref")), Reads((_PROMISE,), "date|due|day|text"))
DUE = Reads(("due|deadline|promised (?:on|for|by)|fallig|frist|echeance|vencimiento|scadenza|verval",))
SCORE = Reads(
    ("nps|csat|ces\\b|satisf|rating|stars|score|bewertung|zufriedenheit|note\\b",),
    "lead|risk|health|credit|fit|spam|comment|text",
)
IN_USE = Reads(("usage|utili[sz]ation|used|consum|auslastung|nutzung",))
REVENUE = (
    Reads(
        (
            "annual|yearly|contract|recurring|arr\\b|acv\\b|jahres|vertrag",
            "revenue|value|recurring|arr\\b|acv\\b|umsatz|wert",
        ),
        "month",
    ),
    Reads(("arr\\b|acv\\b|jahresumsatz|jahreswert",)),
)
MAYBE_REVENUE = Reads(
    ("revenue|value|umsatz|chiffre|ingresos|receita|fatturato|omzet",), "month|mrr|declared|estimat|goal|target"
)
