"""A first definition for a file nobody has described yet: roles by guess, texts that use what was found."""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence

from app.campaigns.definition import Definition, DeliveryMethod, Mapping, ResponseOptions, Role, Source
from app.campaigns.suggest_roles import last_name_beside, suggest_roles
from app.campaigns.suggest_texts import LANGUAGES, Columns, suggested_content
from app.models import Channel
from app.queueing.endpoint import ADDRESS_KINDS
from app.templating.language_names import language_tag
from app.templating.moments import read_time

Rows = Sequence[Sequence[str]]
Roles = Mapped[Role, tuple[Source, ...]]

_FUNCTIONS = {Role.PERSON: ("name_order",), Role.DOCTOR: ("squeeze",)}
_SPANISH_YES = ("Sí", "Si")


def suggest_definition(
    fields: Sequence[str],
    sample_rows: Rows,
    channels: Sequence[Channel],
    *,
    region: str = "US",
    language: str = "en",
) -> Definition:
    """A definition whose mapping and texts fit a file.

    `fields` are the stable names of its columns, `sample_rows` the cells of some records, `language` the tag of the
    company's. A channel for whose addresses the file has no column is left out. Languages that the rows ask for, and
    that there are texts in, get theirs.
    """
    mapping = suggest_mapping(fields, sample_rows, region)
    return suggest_texts(mapping, fields, sample_rows, channels, language=language)


def suggest_mapping(fields: Sequence[str], sample_rows: Rows, region: str) -> Mapping:
    """What the columns seem to mean, with the functions that put such cells right."""
    return Mapping(
        roles={
            role: tuple(Source(column=column, functions=_functions(role, column, fields)) for column in columns)
            for role, columns in suggest_roles(fields, sample_rows, region).items()
        }
    )


def _functions(role: Role, column: str, fields: Sequence[str]) -> tuple[str, ...]:
    usual = _FUNCTIONS.get(role, ())
    if role is Role.PERSON and (last_name := last_name_beside(column, fields)):
        return 'suffix: " "', f"suffix: {last_name}", *usual
    return usual


def suggest_texts(
    mapping: Mapping,
    fields: Sequence[str],
    sample_rows: Rows,
    channels: Sequence[Channel],
    *,
    language: str = "en",
) -> Definition:
    """A definition around a mapping that is known. Parameters as for `suggest_definition`."""
    own = language if language in LANGUAGES else "en"
    asked_for = _languages(mapping.roles, fields, sample_rows) & LANGUAGES
    columns = _columns(mapping.roles, fields, sample_rows)
    methods = []
    for channel in channels:
        content = suggested_content(channel, columns, own)
        if content is None or not mapping.roles.get(ADDRESS_KINDS[channel].role):
            continue
        others = {tag: suggested_content(channel, columns, tag) for tag in sorted(asked_for - {own})}
        methods.append(
            DeliveryMethod(
                key=channel.value,
                channel=channel,
                content=content,
                translations={tag: other for tag, other in others.items() if other},
            )
        )
    return Definition(mapping=mapping, language=own, methods=tuple(methods), responses=_responses(asked_for | {own}))


def _responses(languages: frozenset[str]) -> ResponseOptions:
    usual = ResponseOptions()
    return ResponseOptions(confirm=(*usual.confirm, *_SPANISH_YES)) if "es" in languages else usual


def _columns(roles: Roles, fields: Sequence[str], sample_rows: Rows) -> Columns:
    day, hour = _first(roles, Role.APPOINTMENT_DATE), _first(roles, Role.APPOINTMENT_TIME)
    if day and not hour and any(read_time(cell) is not None for cell in _cells(day, fields, sample_rows)):
        hour = day
    return Columns(
        person=_first(roles, Role.PERSON),
        doctor=_first(roles, Role.DOCTOR),
        day=day,
        hour=hour,
        place=_first(roles, Role.LOCATION),
    )


def _languages(roles: Roles, fields: Sequence[str], sample_rows: Rows) -> frozenset[str]:
    """Tags of the languages that the rows ask for."""
    column = _first(roles, Role.LANGUAGE)
    found = {language_tag(cell) for cell in _cells(column, fields, sample_rows)} if column else set()
    return frozenset(tag for tag in found if tag)


def _first(roles: Roles, role: Role) -> str:
    sources = roles.get(role)
    return sources[0].column if sources else ""


def _cells(column: str, fields: Sequence[str], sample_rows: Rows) -> list[str]:
    place = fields.index(column)
    return [row[place] for row in sample_rows if place < len(row)]
