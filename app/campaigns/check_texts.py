"""Whether a campaign's mapping and templates fit the columns of its files. Pure."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from app.campaigns.definition import Content, Definition, Source
from app.campaigns.findings import Finding, FindingCode
from app.campaigns.wording import Fact
from app.queueing.assembly import template_fields
from app.queueing.outcome import Outcome, Staged
from app.templating.errors import TemplateInvalid, TemplateProblem, TemplatingError
from app.templating.fieldnames import NAMESPACES
from app.templating.mistakes import nearest
from app.templating.sms import measure, plain
from app.templating.template import compile_functions, compile_template

Columns = tuple[str, ...]
"""Stable names of a file's columns."""


def file_findings(definition: Definition, files: Sequence[tuple[str, Columns]]) -> list[Finding]:
    """What in the mapping and the texts does not fit one of the files (name, columns).

    Without files, what cannot fit any: all but the names of columns.
    """
    if not files:
        return [finding for finding in _in_file(definition, "", ()) if not _is_about_columns(finding)]
    found: list[Finding] = []
    for name, columns in files:
        for finding in _in_file(definition, name, columns):
            if finding not in found:
                found.append(finding)
    return found


def length_findings(outcomes: Sequence[Outcome], own: str) -> list[Finding]:
    """Text messages among some records' outcomes that take more than one segment, the longest of each content.

    `own` is the campaign's language.
    """
    longest: dict[tuple[str, str], Staged] = {}
    for outcome in outcomes:
        if isinstance(outcome, Staged):
            content = (outcome.method, outcome.language)
            longest[content] = max(longest.get(content, outcome), outcome, key=attrgetter("units"))
    return [
        _length(message, f"{_where(method, None if language == own else language)}.text")
        for (method, language), message in longest.items()
        if message.units > 1
    ]


def _where(method: str, translation: str | None) -> str:
    return f"methods.{method}.translations.{translation}" if translation else f"methods.{method}"


def _length(message: Staged, where: str) -> Finding:
    size, plainer = measure(message.texts.text), measure(plain(message.texts.text))
    facts: dict[str, Fact] = {
        "segments": size.segments,
        "row": message.row_number,
        "encoding": size.encoding,
        "costly": "".join(char for char, _ in size.costly),
    }
    if plainer.segments < size.segments:
        return Finding(FindingCode.SMS_COSTLY, where, facts | {"plain_segments": plainer.segments})
    return Finding(FindingCode.SMS_LONG, where, facts)


def _in_file(definition: Definition, file: str, columns: Columns) -> Iterator[Finding]:
    arguments = template_fields(columns, ())
    facts: dict[str, Fact]
    for where, source in _sources(definition):
        if source.column not in columns:
            meant = nearest(source.column, columns)
            facts = {"file": file, "column": source.column, **({"nearest": meant} if meant else {})}
            yield Finding(FindingCode.COLUMN_UNKNOWN, where, facts)
        if source.functions:
            try:
                compile_functions(source.functions, arguments, column=source.column)
            except TemplateInvalid as refusal:
                for problem in refusal.problems:
                    facts = _facts(problem) | {"field": source.column}
                    yield Finding(FindingCode.FUNCTION_INVALID, where, facts)
    fields = template_fields(columns, definition.mapping.fields)
    for method in definition.methods:
        yield from _of_content(method.content, fields, _where(method.key, None))
        for language, content in method.translations.items():
            yield from _of_content(content, fields, _where(method.key, language))


def _sources(definition: Definition) -> Iterator[tuple[str, Source]]:
    for role, sources in definition.mapping.roles.items():
        yield from ((f"mapping.roles.{role}", source) for source in sources)
    for name, source in definition.mapping.fields.items():
        yield f"mapping.fields.{name}", source


def _of_content(content: Content, fields: frozenset[str], where: str) -> Iterator[Finding]:
    for part, text in (("text", content.text), ("subject", content.subject), ("html", content.html)):
        try:
            compile_template(text, fields, html=part == "html")
        except TemplateInvalid as refusal:
            for problem in refusal.problems:
                yield Finding(FindingCode.TEMPLATE_INVALID, f"{where}.{part}", _facts(problem))


def _is_about_columns(finding: Finding) -> bool:
    if finding.code is FindingCode.COLUMN_UNKNOWN:
        return True
    is_field = finding.facts.get("reason") == TemplatingError.UNKNOWN_FIELD
    return is_field and str(finding.facts["name"]).partition(".")[0] not in NAMESPACES


def _facts(problem: TemplateProblem) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "problem": str(problem),
        "reason": problem.code.value,
        "line": problem.line,
        "column": problem.column,
        "name": problem.name,
    }
    if problem.nearest:
        facts["nearest"] = problem.nearest
    return facts
