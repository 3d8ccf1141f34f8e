"""TwiML, as far as the carrier plays it: a flat list of verbs."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One instruction: its name, its attributes, its words and the verbs nested in it."""

    name: str
    attributes: dict[str, str]
    words: str
    nested: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or `default`."""
        return self.attributes.get(name, default)


def parse(document: bytes | str) -> list[Verb]:
    """The verbs of a `<Response>`. Raises ValueError when the document is not TwiML."""
    try:
        root = ET.fromstring(document)  # noqa: S314  # written by the application under test, and expat limits expansion
    except ET.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    if root.tag != "Response":
        raise ValueError("the root element is not Response")
    return [_verb(element) for element in root]


def _verb(element: ET.Element) -> Verb:
    # SSML inside <Say> is part of what is said.
    words = " ".join("".join(element.itertext()).split())
    return Verb(element.tag, dict(element.attrib), words, tuple(_verb(child) for child in element))
