"""How a person reads a message: does it ask for an answer, and which word means what."""

import re
from html import unescape
from html.parser import HTMLParser

from simulator.people.shares import Intent

ASKS = re.compile(r"\breply\b", re.IGNORECASE)

_MEANINGS = {
    Intent.CONFIRM: r"confirm",
    Intent.CANCEL: r"cancel",
    Intent.RESCHEDULE: r"reschedul|change|another time",
    Intent.STOP: r"stop|unsubscribe|opt[ -]?out|no more",
}
_WORD_FIRST = r"[\"'“‘]?(?P<word>[A-Za-z0-9]{{1,12}})[\"'”’]?\s+(?:to|for|=)\s+(?:be\s+)?(?:{meaning})"
_WORD_LAST = (
    r"(?:to|for)\s+(?:{meaning})\w*[^.;]{{0,30}}?\b(?:reply|press|dial)\s+[\"'“‘]?(?P<word>[A-Za-z0-9]{{1,12}})"
)
_OPTIONS = {
    intent: [re.compile(form.format(meaning=meaning), re.IGNORECASE) for form in (_WORD_FIRST, _WORD_LAST)]
    for intent, meaning in _MEANINGS.items()
}
_NAMED = {intent: re.compile(rf"\b(?:{meaning})", re.IGNORECASE) for intent, meaning in _MEANINGS.items()}
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_ANCHOR = re.compile(r"<a\b[^>]*\bhref=[\"'](https?://[^\"']+)[\"'][^>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def options(text: str) -> dict[Intent, str]:
    """The word to reply (or the key to press) for each intent that `text` explains, in the text's own spelling."""
    found = {}
    for intent, patterns in _OPTIONS.items():
        match = next((match for pattern in patterns if (match := pattern.search(text))), None)
        if match:
            found[intent] = match["word"]
    return found


def links(text: str) -> dict[Intent, str]:
    """The link to follow for each intent: named by the last telling word before it, or else by its own address."""
    found: dict[Intent, str] = {}
    before = 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;:!?")
        intent = _last_named(text[before : match.start()]) or _last_named(address)
        if intent:
            found.setdefault(intent, address)
        before = match.end()
    return found


def anchors(html: str) -> str:
    """The links of an HTML part as text: the words of each, and its address."""
    return " ".join(f"{_TAG.sub(' ', words)} {unescape(address)}" for address, words in _ANCHOR.findall(html))


def _last_named(text: str) -> Intent | None:
    named = {match.end(): intent for intent, pattern in _NAMED.items() for match in pattern.finditer(text)}
    return named[max(named)] if named else None


class FormFinder(HTMLParser):
    """The first POST form of a page: where it goes and what it sends when its first button is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.values: dict[str, str] = {}
        self._inside = False
        self._pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects the form's inputs and its first button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None and given.get("method", "").lower() == "post":
            self.action, self._inside = given.get("action", ""), True
        elif self._inside and tag in ("input", "button"):
            self._take(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Ends the form."""
        if tag == "form":
            self._inside = False

    def _take(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if kind == "submit":
            if self._pressed:
                return
            self._pressed = True
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if given.get("name"):
            self.values[given["name"]] = given.get("value", "")
