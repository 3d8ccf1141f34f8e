"""Where the editor's form shows what is wrong with a definition."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import Field, FieldList, FormField

from app.campaigns.definition import Definition
from app.campaigns.errors import UnfitError
from app.portal.campaign_form import CampaignForm, TranslationForm

Document = dict[str, Any]
Steps = list[int | str]
"""The rest of a way into a definition, as pydantic gives it."""

_NAMES = {"sms": "Text message", "email": "E-mail", "fields": "Field", "filters": "Filter", "translations": "Language"}

WORDS = {
    "string_too_short": "This is missing.",
    "string_too_long": "At most {max_length} characters.",
    "string_pattern_mismatch": "Only letters, digits and _, and no digit first.",
    "too_long": "At most {max_length} of these.",
}
"""What pydantic's codes say to a person; other codes speak for themselves."""


def show_problems(form: CampaignForm, refusal: ValidationError, document: Document) -> None:
    """Writes each problem of a definition that was refused to the input that `document` got the value from."""
    for problem in refusal.errors(include_url=False):
        field = _input(form, problem["loc"], document)
        field.errors = [*field.errors, _words(problem)]


def show_refusal(form: CampaignForm, refusal: UnfitError, definition: Definition) -> None:
    """Writes why the stage did not keep a definition, or a name, to the input that it came from."""
    field = _input(form, refusal.place, definition.model_dump(mode="json"))
    field.errors = [*field.errors, refusal.words]


class Problem(NamedTuple):
    """What is wrong with an input, and the id to find it by."""

    anchor: str
    name: str
    words: str


def problems_of(form: CampaignForm) -> list[Problem]:
    """Everything that is wrong with a form, in its order."""
    return list(_problems(form, ""))


def _problems(fields: Iterable[Field], above: str) -> Iterator[Problem]:
    for field in fields:
        name = f"{above}{field.label.text}" if field.label.text else above
        if isinstance(field, FormField):
            yield from _problems(field.form, f"{_NAMES.get(field.short_name, name)}, ")
        elif isinstance(field, FieldList):
            for place, entry in enumerate(field, 1):
                yield from _problems(entry.form, f"{_NAMES[field.short_name]} {place}, ")
        for error in field.errors:
            if isinstance(error, str) and not isinstance(field, FormField):
                # a list has no input of its own: its words stand below its rows
                yield Problem(f"{field.id}-error" if isinstance(field, FieldList) else field.id, name, error)


def _words(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    if "error" in context:  # what a validator of ours has said
        said = str(context["error"])
        return f"{said[:1].upper()}{said[1:]}."
    return WORDS.get(problem["type"], f"{problem['msg']}.").format_map(context)


def _input(form: CampaignForm, place: tuple[int | str, ...], document: Document) -> Field:
    """The input that a place in the definition is filled in from."""
    part, *rest = place or ("",)
    find = _FINDERS.get(str(part))
    return find(form, rest, document) if find else form.name


def _in_mapping(form: CampaignForm, rest: Steps, _document: Document) -> Field:
    match rest:
        case ["roles", role, int(position), *inside]:
            part = form[f"role_{role}"].form
            return part.functions if "functions" in inside else part.columns[min(position, len(part.columns) - 1)]
        case ["fields", name, inside, *_]:
            entry = next(entry.form for entry in form.fields if (entry.form.name.data or "").strip() == name)
            return entry[inside if inside in entry else "name"]
    return form.fields


def _in_methods(form: CampaignForm, rest: Steps, document: Document) -> Field:
    match rest:
        case [int(position), "translations", language, *inside] if part := _translation(form, language):
            channel = document["methods"][position]["channel"]
            return part[f"{channel}_{inside[0]}"] if inside else part.language
        case [int(position), *inside]:
            part = form[document["methods"][position]["channel"]].form
            name = "sender" if "sender_id" in inside else inside[-1]
            return part[name if name in part else "used"]
    return form.sms.form.used


def _translation(form: CampaignForm, language: int | str) -> TranslationForm | None:
    return next((entry.form for entry in form.translations if entry.form.language.data == language), None)


def _in_responses(form: CampaignForm, rest: Steps, _document: Document) -> Field:
    return form[str(rest[0])] if rest else form.confirm


def _in_window(form: CampaignForm, rest: Steps, _document: Document) -> Field:
    return form[str(rest[0])] if rest else form.opens


def _in_filters(form: CampaignForm, rest: Steps, _document: Document) -> Field:
    match rest:
        case [int(position), inside, *_]:
            return [entry.form for entry in form.filters if not entry.form.is_blank][position][str(inside)]
    return form.filters


def _in_schedule(form: CampaignForm, rest: Steps, _document: Document) -> Field:
    return form.rrule if "rrule" in rest else form.fires_at


_FINDERS: dict[str, Callable[[CampaignForm, Steps, Document], Field]] = {
    "mapping": _in_mapping,
    "methods": _in_methods,
    "responses": _in_responses,
    "window": _in_window,
    "filters": _in_filters,
    "schedule": _in_schedule,
}
