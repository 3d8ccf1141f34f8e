"""What a browser would send from a page's form, if nothing were changed in it."""

from html.parser import HTMLParser

Fields = list[tuple[str, str]]

_BUTTONS = ("submit", "button", "reset", "image", "file")


class _FormReader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.fields: Fields = []
        self._form_id = form_id
        self._inside = False
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == self._form_id
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in _BUTTONS:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.fields.append((name, given.get("value") or ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self._textarea = name, []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select is not None:
            chosen = [value for value, is_selected in self._options if is_selected]
            first = [value for value, _ in self._options][:1]
            self.fields += [(self._select, value) for value in (chosen[-1:] or first)]
            self._select = None
        elif tag == "textarea" and self._textarea:
            name, pieces = self._textarea
            text = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self.fields.append((name, text.replace("\n", "\r\n")))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[1].append(data)


def filled_in(html: str, form_id: str) -> Fields:
    """The names and values of a form, in the order of the page."""
    reader = _FormReader(form_id)
    reader.feed(html)
    return reader.fields


def changed(fields: Fields, **changes: str | list[str] | None) -> dict[str, list[str]]:
    """The fields with some filled in anew; None clears a box. What is sent, as the test client takes it."""
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    for name, new in changes.items():
        sent.pop(name, None)
        if new is not None:
            sent[name] = new if isinstance(new, list) else [new]
    return sent
