"""Between the editor's form and the definition: what a person filled in, in the campaign's own terms.

The form cannot show everything that a definition may say: channels beyond its two, a third fall-back, a comma inside an
answer, seconds. What it does not show, and what a person did not touch, stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.campaigns.definition import Definition, DeliveryMethod, Once, Recurring, Role, Source
from app.models import Channel
from app.portal.campaign_form import CampaignForm, EmailForm, RoleForm, TextMessageForm
from app.portal.campaign_languages import PARTS, show_translations, written_content, written_translations
from app.portal.campaign_problems import show_problems

Document = dict[str, Any]

ANSWERS = ("confirm", "cancel", "reschedule")

_FUNCTION = re.compile(r"""(?:"[^"]*"|'[^']*'|[^|])+""")


def show(form: CampaignForm, definition: Definition, time_zone: str) -> None:
    """Fills the form in from a definition. Instants are shown on the clock of `time_zone`, the company's."""
    show_roles(form, {role: definition.mapping.roles.get(role, ()) for role in Role})
    for name, source in definition.mapping.fields.items():
        form.fields.append_entry({"name": name, "column": source.column, "functions": _joined(source)})
    for part, channel in shown_methods(form):
        _show_method(part, channel, _first(definition, channel))
    form.language.data = definition.language
    show_translations(form, definition, _shown(definition))
    for name in ANSWERS:
        form[name].data = ", ".join(getattr(definition.responses, name))
    window = definition.window
    form.weekdays.data = sorted(window.weekdays)
    form.opens.data, form.closes.data = window.opens, window.closes
    form.clock.data, form.lift_quiet_hours.data = window.clock.value, window.lift_quiet_hours
    for each in definition.filters:
        form.filters.append_entry(each.model_dump(mode="json"))
    form.schedule.data = definition.schedule.kind
    form.fires_at.data = _shown_time(definition, time_zone)
    form.rrule.data = definition.schedule.rrule if isinstance(definition.schedule, Recurring) else ""
    form.dedupe_scope.data = definition.dedupe.scope.value
    form.dedupe_appointment.data = definition.dedupe.appointment_date


def show_roles(form: CampaignForm, roles: Mapping[Role, Sequence[Source]]) -> None:
    """Fills in which columns play some roles; the others stay as they are."""
    for role, sources in roles.items():
        _show_role(form.role(role), sources)


def read(form: CampaignForm, present: Definition, time_zone: str) -> Definition | None:
    """The definition that the form says, on top of the present one; None when it cannot be one.

    What is wrong is written to the inputs that it is about.
    """
    if not form.validate():
        return None
    if form.schedule.data != "on_demand" and form.fires_at.data is None:
        form.fires_at.errors = ["Give the day and the hour."]
        return None
    document = present.model_dump(mode="json") | {
        "mapping": {"roles": _roles(form, present), "fields": _fields(form, present)},
        "language": form.language.data,
        "methods": _methods(form, present),
        "responses": {name: _words(form[name].data, getattr(present.responses, name)) for name in ANSWERS},
        "window": _window(form, present),
        "filters": [entry.form.data for entry in form.filters if not entry.form.is_blank],
        "schedule": _schedule(form, present, time_zone),
        "dedupe": {"scope": form.dedupe_scope.data, "appointment_date": form.dedupe_appointment.data},
    }
    try:
        return Definition.model_validate(document)
    except ValidationError as refusal:
        show_problems(form, refusal, document)
        return None


def shown_methods(form: CampaignForm) -> tuple[tuple[TextMessageForm | EmailForm, Channel], ...]:
    """The parts of the form that are about a delivery method."""
    return (form.sms.form, Channel.SMS), (form.email.form, Channel.EMAIL)


def _show_role(part: RoleForm, sources: Sequence[Source]) -> None:
    for field, source in zip_longest(part.columns, sources[: len(part.columns)]):
        field.data = source.column if source else ""
    part.functions.data = _joined(sources[0]) if sources else ""


def _roles(form: CampaignForm, present: Definition) -> dict[str, list[Document]]:
    roles = {role.value: _sources(form.role(role), present.mapping.roles.get(role, ())) for role in Role}
    return {role: sources for role, sources in roles.items() if sources}


def _sources(part: RoleForm, present: Sequence[Source]) -> list[Document]:
    shown = _functions(part.functions.data, present[0] if present else None)
    chosen = [field.data for field in part.columns if field.data]
    sources = [
        {"column": column, "functions": list(present[place].functions) if _is_apart(column, place, present) else shown}
        for place, column in enumerate(chosen)
    ]
    return sources and [*sources, *(source.model_dump(mode="json") for source in present[len(part.columns) :])]


def _is_apart(column: str, place: int, present: Sequence[Source]) -> bool:
    """Whether a column keeps functions of its own: the form shows those of a role's first column only."""
    own = present[place] if 0 < place < len(present) else None
    return own is not None and own.column == column and own.functions != present[0].functions


def _fields(form: CampaignForm, present: Definition) -> dict[str, Document]:
    fields = {}
    for part in (entry.form for entry in form.fields if not entry.form.is_blank):
        name = part.name.data.strip()
        functions = _functions(part.functions.data, present.mapping.fields.get(name))
        fields[name] = {"column": part.column.data, "functions": functions}
    return fields


def _show_method(part: TextMessageForm | EmailForm, channel: Channel, method: DeliveryMethod | None) -> None:
    part.used.data = method is not None
    if method is None:
        return
    part.sender.data = str(method.sender_id or "")
    if isinstance(part, TextMessageForm):
        part.plain_characters.data = method.plain_characters
    for name in PARTS[channel]:
        part[name].data = getattr(method.content, name)


def _methods(form: CampaignForm, present: Definition) -> list[Document]:
    shown = {channel: part for part, channel in shown_methods(form)}
    methods: list[Document] = []
    for method in present.methods:
        part = shown.get(method.channel)
        if part is None or method is not _first(present, method.channel):
            methods.append(method.model_dump(mode="json"))
        elif part.used.data:
            methods.append(_method(form, method.channel, method.key, method))
    keys = {method["key"] for method in methods}
    for channel, part in shown.items():
        if part.used.data and _first(present, channel) is None:
            key = channel.value if channel.value not in keys else f"{channel.value}-2"
            methods.append(_method(form, channel, key, None))
    return methods


def _method(form: CampaignForm, channel: Channel, key: str, present: DeliveryMethod | None) -> Document:
    part = form[channel.value].form
    return {
        "key": key,
        "channel": channel.value,
        "content": written_content(part, {name: name for name in PARTS[channel]}, present.content if present else None),
        "translations": written_translations(form, channel, present),
        "sender_id": part.sender.data or None,
        "plain_characters": _is_plain(part, present),
    }


def _is_plain(part: TextMessageForm | EmailForm, present: DeliveryMethod | None) -> bool:
    if isinstance(part, TextMessageForm):
        return bool(part.plain_characters.data)
    return present.plain_characters if present else False


def _shown(definition: Definition) -> dict[Channel, DeliveryMethod]:
    return {channel: method for channel in PARTS if (method := _first(definition, channel))}


def _first(definition: Definition, channel: Channel) -> DeliveryMethod | None:
    return next((method for method in definition.methods if method.channel is channel), None)


def _window(form: CampaignForm, present: Definition) -> Document:
    window: Document = present.window.model_dump(mode="json") | {
        "weekdays": form.weekdays.data,
        "clock": form.clock.data,
        "lift_quiet_hours": form.lift_quiet_hours.data,
    }
    for name in ("opens", "closes"):
        shown: time = getattr(present.window, name)
        if form[name].data != shown.replace(second=0, microsecond=0):
            window[name] = form[name].data
    return window


def _shown_time(definition: Definition, time_zone: str) -> datetime | None:
    match definition.schedule:
        case Once(at=at):
            return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None, fold=0)
        case Recurring(starts_at=starts_at):
            return starts_at
    return None


def _schedule(form: CampaignForm, present: Definition, time_zone: str) -> Document:
    at = form.fires_at.data
    shown = _shown_time(present, time_zone)
    unchanged = at == (shown and shown.replace(second=0, microsecond=0))
    match form.schedule.data:
        case "once" if isinstance(present.schedule, Once) and unchanged:
            return present.schedule.model_dump(mode="json")
        case "once":
            return {"kind": "once", "at": at.replace(tzinfo=ZoneInfo(time_zone))}
        case "recurring":
            kept = present.schedule.starts_at if isinstance(present.schedule, Recurring) and unchanged else at
            return {"kind": "recurring", "rrule": (form.rrule.data or "").strip(), "starts_at": kept}
    return {"kind": "on_demand"}


def _joined(source: Source) -> str:
    return " | ".join(source.functions)


def _functions(text: str | None, present: Source | None) -> list[str]:
    if present and text == _joined(present):
        return list(present.functions)
    return [function.strip() for function in _FUNCTION.findall(text or "") if function.strip()]


def _words(text: str | None, present: Sequence[str]) -> list[str]:
    if text == ", ".join(present):
        return list(present)
    return [word.strip() for word in (text or "").split(",") if word.strip()]
