"""Between the editor's form and what a campaign says: the contents of its methods, in every language."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import Form

from app.campaigns.definition import Content, Definition, DeliveryMethod
from app.models import Channel
from app.portal.campaign_form import CampaignForm

Document = dict[str, Any]

PARTS = {Channel.SMS: ("text",), Channel.EMAIL: ("subject", "text", "html")}
"""The parts of a content that the form shows, by channel."""

_LINE_END = re.compile(r"\r\n?")


def show_translations(form: CampaignForm, definition: Definition, shown: Mapping[Channel, DeliveryMethod]) -> None:
    """Fills in one part of the form for each language but the campaign's own. `shown`: the methods in the form."""
    for language in definition.languages[1:]:
        part = {"language": language}
        for channel, method in shown.items():
            if content := method.translations.get(language):
                part |= {_input(channel, name): getattr(content, name) for name in PARTS[channel]}
        form.translations.append_entry(part)


def written_translations(form: CampaignForm, channel: Channel, present: DeliveryMethod | None) -> dict[str, Document]:
    """What a method says in the form's other languages. One that nothing is filled in for is left out."""
    contents = {}
    for entry in form.translations:
        language = entry.form.language.data
        before = present.translations.get(language) if present else None
        written = written_content(entry.form, {name: _input(channel, name) for name in PARTS[channel]}, before)
        if any(text.strip() for text in written.values()) or (before and Content(**written) == before):
            contents[language] = written
    return contents


def written_content(form: Form, inputs: Mapping[str, str], present: Content | None) -> Document:
    """A content with the parts that `inputs` (part to input) are about; an untouched one stays as it is."""
    content = present.model_dump() if present else {}
    for name, field in inputs.items():
        # browsers send line ends as CR LF; a CR costs a character of a text message
        written = _LINE_END.sub("\n", form[field].data or "")
        if written != _LINE_END.sub("\n", content.get(name, "")):
            content[name] = written
    return content


def _input(channel: Channel, part: str) -> str:
    return f"{channel.value}_{part}"
