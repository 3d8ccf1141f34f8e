"""Where in the editor a finding of the checks belongs: what the place is called, and the input to go to."""

from typing import NamedTuple

from app.campaigns.definition import Definition, Role
from app.campaigns.findings import Finding
from app.models import Channel
from app.portal import formats
from app.portal.campaign_form import ROLE_LABELS
from app.templating.language_names import language_name


class Place(NamedTuple):
    """A place in the editor; `anchor` is the id of an input."""

    name: str
    anchor: str


_PLACES = {
    "files": Place("Files", "name"),
    "methods": Place("Delivery methods", "sms_used"),
    "responses.confirm": Place("Words that confirm", "confirm"),
    "responses.cancel": Place("Words that cancel", "cancel"),
    "responses.reschedule": Place("Words that ask for another time", "reschedule"),
    "window": Place("Contact window", "opens"),
    "schedule": Place("Schedule", "schedule"),
}
_WHOLE = Place("The campaign", "name")
_SHOWN_METHODS = ("sms", "email")
_PARTS = {"text": "text", "subject": "subject", "html": "HTML"}


def place_of(finding: Finding, definition: Definition) -> Place:
    """The place of a finding about `definition`."""
    match finding.where.split("."):
        case ["mapping", "roles", role]:
            return Place(ROLE_LABELS[Role(role)], f"role_{role}_column")
        case ["mapping", "fields", name]:
            position = list(definition.mapping.fields).index(name)
            return Place(f"Field {name}", f"fields-{position}-column")
        case ["filters", position]:
            return Place(f"Filter {int(position) + 1}", f"filters-{position}-what")
        case ["methods", key, "translations", language, part]:
            return _of_translation(_channel(definition, key), language, part)
        case ["methods", key, *part]:
            return _of_method(_channel(definition, key), part[0] if part else "")
    return _PLACES.get(finding.where, _WHOLE)


def _of_method(channel: Channel, part: str) -> Place:
    name = formats.words(channel) + (f", {_PARTS[part]}" if part else "")
    anchor = f"{channel.value}_{part or 'sender'}" if channel.value in _SHOWN_METHODS else "sms_used"
    return Place(name, anchor)


def _of_translation(channel: Channel, language: str, part: str) -> Place:
    return Place(f"{formats.words(channel)} in {language_name(language)}, {_PARTS[part]}", f"in-{language}")


def _channel(definition: Definition, key: str) -> Channel:
    return next(method.channel for method in definition.methods if method.key == key)
