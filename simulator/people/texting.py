"""People who get a text: they read it, and some type an answer."""

from simulator.carrier import Carrier
from simulator.entries import Text
from simulator.ids import chance
from simulator.people import writing
from simulator.people.shares import Intent
from simulator.people.understanding import ASKS, options

FALLBACK = {Intent.CONFIRM: "C", Intent.CANCEL: "X", Intent.RESCHEDULE: "R"}
"""What people try when the text does not say what to reply."""

STOP_SPELLINGS = ("STOP", "Stop", "stop", "STOP ", "Unsubscribe")
UNCLEAR_WORDS = (
    "what time was it again?",
    "who is this",
    "ok thanks, will see",
    "maybe",
    "👍",
    "Is parking free there?",
    "c u then or maybe not",
)


def answer(carrier: Carrier, text: Text) -> None:
    """Decides what the person who got `text` does, and has them do it after a while."""
    if text.direction != "outbound-api" or not ASKS.search(text.body):
        return
    nth = str(len(carrier.books.threads[text.person]))
    intent = carrier.shares.intent(carrier.config.seed, text.person, nth)
    carrier.books.replies[intent] += 1
    if intent is Intent.SILENCE:
        return
    words = what_to_say(intent, text.body, chance(carrier.config.seed, "words", text.person, nth))
    shares = carrier.shares
    carrier.pace.later(
        shares.reply_after,
        max(shares.reply_after, shares.reply_within),
        writing.write,
        carrier,
        text.person,
        text.ours,
        words,
    )


def what_to_say(intent: Intent, body: str, draw: float) -> str:
    """Words for `intent`, spelled as `draw` in [0, 1) picks: people do not type exactly what they are told."""
    if intent is Intent.STOP:
        return STOP_SPELLINGS[int(draw * len(STOP_SPELLINGS))]
    if intent is Intent.UNCLEAR:
        return UNCLEAR_WORDS[int(draw * len(UNCLEAR_WORDS))]
    word = options(body).get(intent) or FALLBACK[intent]
    spellings = (word, word, word, word.lower(), f" {word} ", f"{word}.", f"{word}\n")
    return spellings[int(draw * len(spellings))]
