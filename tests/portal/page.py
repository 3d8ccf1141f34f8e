"""A page as a test reads it: its text, its forms, and what must hold of every page."""

from collections import Counter
from html.parser import HTMLParser

from werkzeug.test import TestResponse

_SILENT = ("script", "style", "title")
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


class Page(HTMLParser):
    """What a response says. `check` raises for what no page may be."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.ids: Counter[str] = Counter()
        self.headings: list[str] = []
        self.title = ""
        self.links: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.inputs: dict[str, str] = {}
        self.attributes: Counter[str] = Counter()
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(self.html)

    @property
    def text(self) -> str:
        """What a person reads, white space squeezed."""
        return " ".join(" ".join(self._words).split())

    @property
    def csrf_token(self) -> str:
        """The token of the page's forms."""
        return self.inputs["csrf_token"]

    @property
    def policy(self) -> str:
        """The content policy that the page was served with."""
        return self.response.headers["Content-Security-Policy"]

    def check(self) -> None:
        """Asserts what holds of every page, whatever it is about."""
        assert len(self.headings) == 1, self.headings
        assert self.headings[0]
        assert self.title.startswith(self.headings[0]), (self.title, self.headings)
        assert [name for name, n in self.ids.items() if n > 1] == []
        for script in self.scripts:
            assert script.get("nonce"), script
            assert f"'nonce-{script['nonce']}'" in self.policy
            assert script.get("src"), "a script stands in the page itself"
        assert [link for link in self.links if link.startswith("#") and link[1:] not in self.ids] == []
        refused = [name for name in self.attributes if name.startswith("on") or name == "style"]
        assert refused == [], "the content policy refuses these attributes"
        assert self.response.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in self.response.headers["Cache-Control"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes.update(given.keys())
        if tag not in _VOID:
            self._open.append(tag)
        if found := given.get("id"):
            self.ids[found] += 1
        if tag == "h1":
            self.headings.append("")
        elif tag == "a":
            self.links.append(given.get("href") or "")
        elif tag == "script":
            self.scripts.append(given)
        elif tag == "input" and given.get("name"):
            self.inputs[str(given["name"])] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "h1" in self._open:
            self.headings[-1] = " ".join(f"{self.headings[-1]}{data}".split())
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title = " ".join(f"{self.title}{data}".split())
        if not self._open or self._open[-1] not in _SILENT:
            self._words.append(data)
