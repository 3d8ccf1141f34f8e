"""How short replies are read, and the words that mean the same to every campaign. Pure."""

import re
import unicodedata

OPT_OUT = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
)
"""What carriers take for an opt-out, whatever it was asked for (47 CFR 64.1200(a)(10); Twilio's defaults)."""
OPT_IN = frozenset({"start", "unstop"})
HELP = frozenset({"help", "info"})


def plain(text: str) -> str:
    """Words in lower case without punctuation; a text of nothing but signs stays itself, skin tones apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"['’`]", "", folded)).split()
    return " ".join(words) if words else re.sub("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\\s]", "", folded)
