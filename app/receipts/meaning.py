"""What a person meant: the campaign's words, opt-out words and plain-language opt-outs. Pure.

Words are compared whole: `Y` answers, `why?` does not. What is not understood for sure is `unclear`, and a person
settles it; nobody's appointment is cancelled by a guess.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.campaigns.definition import ResponseOptions
from app.models import Disposition
from app.reply_words import HELP, OPT_IN, OPT_OUT, plain


class Consent(StrEnum):
    """What a text says about texting, apart from what it answers."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was decided, and whether we may go on writing."""

    disposition: Disposition
    consent: Consent | None = None


_EXCUSED = "cancel"
"""The one opt-out word that a campaign may use for something else."""
_APPROVING = frozenset({"👍", "👌", "✅", "✔"})
_COURTESY = r"(?:please|pls|plz|thanks|thank you|thx|ty|ok|okay|hi|hello)"
_COURTESIES = re.compile(rf"^(?:{_COURTESY} )+|(?: {_COURTESY})+$")

_ME = r"(?:me|us|this number)"
_MESSAGES = r"(?:texts?|messages?|e ?mails?|reminders?|calls?)"
_DOING = r"(?:texting|messaging|contacting|emailing|calling|sending)"
_DO = r"(?:text|message|contact|email|call)"
_FROM_LIST = r"(?:from|off)(?: of)? (?:your|this|the|all)(?: \w+)? ?lists?"

_OPT_OUT_ANYWHERE = re.compile(
    "|".join(
        (
            rf"(?<!\bdont )(?<!\bnot )(?<!\bnever )\bstop {_DOING} (?:{_ME}|(?:these |this )?{_MESSAGES})\b",
            rf"\b(?:do not|dont) {_DO} {_ME} (?:again|any ?more|ever)\b",
            rf"\b(?:remove|take|delete) (?:{_ME}|my number) {_FROM_LIST}\b",
            r"\bunsubscribe (?:me|us)\b",
            r"(?<!\bdont )(?<!\bnot )\bopt (?:me|us) out\b",
            rf"\bno more {_MESSAGES}\b",
        )
    )
)
_OPT_OUT_WHOLE = re.compile(
    "|".join(
        (
            r"stop(?: it| now| this| these| that| already| all)?",
            rf"stop {_DOING}",
            rf"(?:do not|dont) {_DO} {_ME}",
            r"(?:remove|delete) (?:me|us|my number|this number)",
            r"take (?:me|us) off",
            r"(?:i )?(?:want|wish|would like) to opt out",
            r"leave (?:me|us) alone",
            r"(?:sorry )?(?:you have |you have got |you got |this is )?(?:the |a )?wrong (?:number|person)",
        )
    )
)


def understand(body: str, options: ResponseOptions | None, opt_out_type: str = "") -> Meaning:
    """What `body` means to a campaign with these `options`; None when no campaign is known.

    `opt_out_type` is the provider's own judgement, which it has acted on already: STOP, START, HELP or nothing.
    """
    whole = plain(body)
    bare = _COURTESIES.sub("", whole)
    answer = _answer(whole, bare, options)
    consent = _judged(opt_out_type) or (_consent(whole, bare) if answer is None else None)
    if answer is None:
        answer = Disposition.OPTED_OUT if consent is Consent.STOP else Disposition.UNCLEAR
    return Meaning(answer, consent)


def _answer(whole: str, bare: str, options: ResponseOptions | None) -> Disposition | None:
    if options is None:
        return None
    offers = (
        (Disposition.CONFIRMED, options.confirm),
        (Disposition.CANCELLED, options.cancel),
        (Disposition.RESCHEDULE, options.reschedule),
    )
    meant = {plain(word): disposition for disposition, words in offers for word in words}
    for said in (whole, bare):
        if said in meant and (said == _EXCUSED or said not in OPT_OUT):
            return meant[said]
    return Disposition.CONFIRMED if whole in _APPROVING and options.confirm else None


def _consent(whole: str, bare: str) -> Consent | None:
    if bare in OPT_OUT or _OPT_OUT_WHOLE.fullmatch(bare) or _OPT_OUT_ANYWHERE.search(whole):
        return Consent.STOP
    if bare in OPT_IN:
        return Consent.START
    return Consent.HELP if bare in HELP else None


def _judged(opt_out_type: str) -> Consent | None:
    word = opt_out_type.strip().lower()
    return Consent(word) if word in set(Consent) else None
