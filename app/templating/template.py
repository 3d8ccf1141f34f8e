"""The tenants' template language: Liquid's syntax, the file's columns as fields, our functions as its only filters.

Everything that can be wrong with a template is found by `compile_template`, when it is saved. A compiled template
fails only for what a record brings.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.templating.calls import Step, steps_of
from app.templating.compiler import compile_nodes
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.limits import EXPRESSION_LIMIT, MESSAGE_LIMIT
from app.templating.mistakes import Mistakes
from app.templating.scanner import scan
from app.templating.scope import Render, Scope, Values
from app.templating.syntax import parse, parse_functions


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is known to be sound."""

    source: str
    fields_used: frozenset[str]
    _render: Render

    def render(self, values: Values) -> str:
        """The message for one record. `values` must have every one of `fields_used`.

        Raises `SkipMessage` if the template says that this record gets none, `RenderFailed` if a value cannot be read
        or is too long.
        """
        message = self._render(values)
        if len(message) > MESSAGE_LIMIT:
            raise RenderFailed(TemplatingError.MESSAGE_TOO_LONG)
        return message


def compile_template(
    source: str, fields: Collection[str], *, html: bool = False, language: str = "en", region: str = "US"
) -> Template:
    """Checks `source` and makes it ready to be rendered many times.

    `fields` are all the names it may use: `field_names` of the file's header and, where they will have values,
    `PROVIDED_FIELDS`. With `html`, values are escaped. `language` is the tag of the one that the template is written
    in, `region` the company's country: functions write and read by them what they are told nothing else about. Raises
    `TemplateInvalid`.
    """
    mistakes = Mistakes(source)
    scan(source, mistakes, html=html)
    mistakes.check()
    nodes = parse(source, fields, mistakes)
    scope = Scope(fields, mistakes, language, region)
    render = compile_nodes(nodes, scope, html=html)
    mistakes.check()
    return Template(source, frozenset(scope.used), render)


@dataclass(frozen=True, slots=True)
class FunctionChain:
    """The functions of one source in a mapping, in order."""

    fields_used: frozenset[str]
    """Fields that stand as arguments."""
    _steps: tuple[Step, ...]

    def apply(self, text: str, values: Values) -> str:
        """`text` after all of the functions. `values` must have every one of `fields_used`. Raises as `render` does."""
        for step in self._steps:
            text = step(text, values)
        return text


def compile_functions(
    functions: Sequence[str],
    fields: Collection[str] = (),
    *,
    column: str = "",
    language: str = "en",
    region: str = "US",
) -> FunctionChain:
    """Checks functions spelled as in a template, such as `name_order` and `truncate_words: 5`.

    `fields` are those that may stand as arguments. `column` is what outcomes name as the field, `language` and `region`
    are as for a template. Raises `TemplateInvalid`, whose problems have the function's place in the list, from 1, as
    line.
    """
    mistakes = Mistakes("\n".join(functions))
    scope = Scope(fields, mistakes, language, region)
    steps: list[Step] = []
    offset = 0
    for function in functions:
        if len(function) > EXPRESSION_LIMIT:
            mistakes.add(TemplatingError.EXPRESSION_TOO_LONG, offset, function)
        else:
            steps += steps_of(parse_functions(function, offset, mistakes), scope, column)
        offset += len(function) + 1
    mistakes.check()
    return FunctionChain(frozenset(scope.used), tuple(steps))
