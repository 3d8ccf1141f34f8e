"""Which of a record's fields a failure is about, and which the campaign reads at all. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.campaigns.definition import Content, Definition, DeliveryMethod, Role
from app.queueing.assembly import template_fields
from app.queueing.endpoint import ADDRESS_KINDS
from app.queueing.errors import CleanError, WindowError
from app.templating.errors import TemplateInvalid
from app.templating.template import compile_template

_VISIT = (Role.APPOINTMENT_DATE, Role.APPOINTMENT_TIME)
_ROLES_OF: dict[str, Collection[Role]] = {
    CleanError.APPOINTMENT_UNREADABLE: _VISIT,
    CleanError.TIME_ZONE_UNKNOWN: (Role.TIME_ZONE,),
    WindowError.APPOINTMENT_PASSED: _VISIT,
    WindowError.TOO_LATE: _VISIT,
    **{code: (kind.role,) for kind in ADDRESS_KINDS.values() for code in (kind.missing, kind.invalid)},
}


def fields_concerned(definition: Definition, code: str, facts: Mapping[str, object]) -> list[str]:
    """The columns in which a failure's reason lies, as far as its code and facts tell."""
    roles = definition.mapping.roles
    columns = [source.column for role in _ROLES_OF.get(code, ()) for source in roles.get(role, ())]
    if named := facts.get("field"):
        mapped = definition.mapping.fields.get(str(named))
        columns.append(mapped.column if mapped else str(named))
    return list(dict.fromkeys(columns))


def fields_read(definition: Definition, method: str, columns: Sequence[str]) -> list[str]:
    """Those of a file's columns that the mapping or the texts of a delivery method read, in the file's order."""
    read = [source.column for sources in definition.mapping.roles.values() for source in sources]
    names = template_fields(columns, definition.mapping.fields)
    for each in definition.methods:
        if each.key == method:
            read += [field for content in _contents(each) for field in _used(content, names)]
    sources = {name: source.column for name, source in definition.mapping.fields.items()}
    own = {sources.get(field, field) for field in read}
    return [column for column in columns if column in own]


def _contents(method: DeliveryMethod) -> Iterator[Content]:
    yield method.content
    yield from method.translations.values()


def _used(content: Content, names: Collection[str]) -> list[str]:
    used: set[str] = set()
    for text in (content.text, content.subject, content.html):
        try:
            used |= compile_template(text, names).fields_used
        except TemplateInvalid:
            # what it reads cannot be said; the campaign's checks say what is wrong with it
            continue
    return sorted(used)
