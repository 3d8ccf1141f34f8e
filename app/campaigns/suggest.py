"""A first definition for a file nobody has described yet: roles by guess, texts that use what was found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.campaigns.suggest_roles import suggest_roles
from app.models import Channel
from app.queueing.appointment import date_order
from app.queueing.endpoint import ADDRESS_KINDS
from app.templating.moments import read_time

_FUNCTIONS = {Role.PERSON: ("name_order",), Role.DOCTOR: ("squeeze",)}


def suggest_definition(
    fields: Sequence[str],
    sample_rows: Sequence[Sequence[str]],
    channels: Sequence[Channel],
    *,
    region: str = "US",
) -> Definition:
    """A definition whose mapping and texts fit a file.

    `fields` are the stable names of its columns, `sample_rows` the cells of some records. A channel for whose
    addresses the file has no column is left out.
    """
    roles = suggest_roles(fields, sample_rows, region)
    phrases = _phrases(roles, fields, sample_rows, region)
    return Definition(
        mapping=Mapping(
            roles={
                role: tuple(Source(column=column, functions=_FUNCTIONS.get(role, ())) for column in columns)
                for role, columns in roles.items()
            }
        ),
        methods=tuple(
            DeliveryMethod(key=channel.value, channel=channel, content=_CONTENTS[channel](phrases))
            for channel in channels
            if channel in _CONTENTS and ADDRESS_KINDS[channel].role in roles
        ),
    )


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Pieces of templates; empty where the file does not say."""

    hello: str
    doctor: str
    day: str
    hour: str
    place: str

    @property
    def visit(self) -> str:
        """` with Dr. Bell on Mon, Nov 30 at 2:30 PM`."""
        return self.doctor + self.day + self.hour


def _phrases(
    roles: dict[Role, tuple[str, ...]],
    fields: Sequence[str],
    sample_rows: Sequence[Sequence[str]],
    region: str,
) -> _Phrases:
    def of(role: Role) -> str:
        return roles.get(role, ("",))[0]

    order = "" if date_order(region) == "mdy" else ', order: "dmy"'
    day, hour = of(Role.APPOINTMENT_DATE), of(Role.APPOINTMENT_TIME)
    if day and not hour and _holds_hours(fields.index(day), sample_rows):
        hour = day
    person = of(Role.PERSON)
    return _Phrases(
        hello=f'{{{{ {person} | first_name | default: "there" }}}}' if person else "there",
        doctor=_said(" with {{ FIELD | squeeze }}", of(Role.DOCTOR)),
        day=_said(f' on {{{{ FIELD | date: "%a, %b %-d"{order} }}}}', day),
        hour=_said(" at {{ FIELD | time }}", hour),
        place=_said(" at {{ FIELD | squeeze }}", of(Role.LOCATION)),
    )


def _said(template: str, field: str) -> str:
    """The piece for a field, left out of a message where the field is blank; nothing without a field."""
    return f"{{% if {field} %}}{template.replace('FIELD', field)}{{% endif %}}" if field else ""


def _holds_hours(place: int, sample_rows: Sequence[Sequence[str]]) -> bool:
    return any(read_time(row[place]) is not None for row in sample_rows if place < len(row))


def _sms(phrases: _Phrases) -> Content:
    whose = "{{ company.name }}: your visit" + phrases.visit if phrases.visit else "this is {{ company.name }}"
    return Content(text=f"Hi {phrases.hello}, {whose}. {{{{ responses.prompt }}}}. STOP to end.")


def _email(phrases: _Phrases) -> Content:
    sentence = f"This is a reminder of your visit{phrases.visit}{phrases.place}."
    return Content(
        subject=f"Your visit{phrases.doctor}{phrases.day}",
        text=(
            f"Hello {phrases.hello},\n\n{sentence}\n\n"
            "Confirm: {{ links.confirm }}\n"
            "Cancel: {{ links.cancel }}\n"
            "Ask for another time: {{ links.reschedule }}\n\n"
            "{{ company.name }}\n\n"
            "No more reminders: {{ links.stop }}\n"
        ),
        html=(
            f"<p>Hello {phrases.hello},</p>\n<p>{sentence}</p>\n"
            '<p><a href="{{ links.confirm }}">Confirm</a> &middot; '
            '<a href="{{ links.cancel }}">Cancel</a> &middot; '
            '<a href="{{ links.reschedule }}">Ask for another time</a></p>\n'
            "<p>{{ company.name }}</p>\n"
            '<p><small><a href="{{ links.stop }}">No more reminders</a></small></p>\n'
        ),
    )


_CONTENTS: dict[Channel, Callable[[_Phrases], Content]] = {Channel.SMS: _sms, Channel.EMAIL: _email}
