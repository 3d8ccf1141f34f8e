"""Message assembly: a delivery method's templates, compiled once, filled in for each record."""

from collections.abc import Callable, Collection

from app.campaigns.definition import Content
from app.queueing.errors import AssembleError, StoppedError
from app.queueing.mapping import Values
from app.queueing.outcome import Texts
from app.templating.errors import WORDS, NoMessage, SkipMessage, TemplateInvalid
from app.templating.fieldnames import PROVIDED_FIELDS
from app.templating.template import Template, compile_template

LINKS = "links."
"""First half of the names of links; they differ from message to message, and are made only where they are used."""

PROMPT = "responses.prompt"
"""The line that says how to answer, in the language of the content that it stands in."""

_Render = Callable[[Values], str]


def template_fields(columns: Collection[str], mapped: Collection[str]) -> frozenset[str]:
    """Every field that a campaign's templates may use on a file with these columns."""
    return PROVIDED_FIELDS.union(columns, mapped)


class Assembler:
    """The texts of one delivery method in one language."""

    def __init__(self, content: Content, fields: Collection[str], language: str, region: str) -> None:
        used: set[str] = set()

        def part(name: str, source: str) -> _Render:
            if not source:
                return lambda _values: ""
            try:
                template = compile_template(source, fields, html=name == "html", language=language, region=region)
            except TemplateInvalid as refusal:
                return _stopping(name, str(refusal.problems[0]))
            used.update(template.fields_used)
            return _rendering(name, template)

        self._text = part("text", content.text)
        self._subject = part("subject", content.subject)
        self._html = part("html", content.html)
        self.fields_used = frozenset(used)

    def assemble(self, values: Values) -> Texts:
        """The texts for one record. `values` must have every one of `fields_used`. Raises `StoppedError`."""
        return Texts(self._text(values), self._subject(values), self._html(values))


def _rendering(name: str, template: Template) -> _Render:
    def render(values: Values) -> str:
        try:
            return template.render(values)
        except SkipMessage as outcome:
            raise StoppedError(AssembleError.MESSAGE_SKIPPED, part=name, field=outcome.field) from outcome
        except NoMessage as outcome:
            raise StoppedError(
                AssembleError.RENDER_FAILED,
                part=name,
                field=outcome.field,
                function=outcome.function,
                reason=outcome.code.value,
                problem=WORDS[outcome.code].format(name=outcome.field),
            ) from outcome

    return render


def _stopping(name: str, problem: str) -> _Render:
    def stop(_values: Values) -> str:
        raise StoppedError(AssembleError.TEMPLATE_INVALID, part=name, problem=problem)

    return stop
