"""From a function's call in the syntax tree to a step: the function with its arguments checked and in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liquid.builtin.expressions import Filter, KeywordArgument, Path, PositionalArgument, StringLiteral
from liquid.builtin.expressions.primitive import FloatLiteral, IntegerLiteral

from app.templating.errors import NoMessage, RenderFailed, TemplatingError
from app.templating.functions import FUNCTIONS, Function, Parameter
from app.templating.limits import FUNCTION_LIMIT, VALUE_LIMIT
from app.templating.mistakes import nearest
from app.templating.scope import Scope, Values

Step = Callable[[str, Values], str]
"""A text in, with the record's values for arguments that are fields; a text out. Raises `NoMessage`."""

_INSTEAD_OF = {
    "append": "suffix",
    "capitalize": "title",
    "downcase": "lower",
    "prepend": "prefix",
    "remove": "replace",
    "squish": "squeeze",
    "strip": "trim",
    "truncate": "truncate_words",
    "truncatewords": "truncate_words",
    "upcase": "upper",
}
"""What those who know Liquid look for, and what it is called here."""


@dataclass(frozen=True, slots=True)
class _FromField:
    """An argument whose value each record brings."""

    field: str
    parameter: Parameter
    default: str | int | None

    def value(self, values: Values) -> str:
        """The field's value; where that is blank, what the function takes by itself."""
        value = values[self.field]
        if not value.strip() and isinstance(self.default, str):
            return self.default
        accepts = self.parameter.accepts
        if len(value) > VALUE_LIMIT:
            raise RenderFailed(TemplatingError.VALUE_TOO_LONG)
        if accepts and not accepts.only_when_written and not accepts.test(value):
            raise RenderFailed(TemplatingError.ARGUMENT_REFUSED)
        return value


_Argument = str | int | _FromField


def steps_of(calls: Sequence[Filter], scope: Scope, field: str) -> list[Step]:
    """The steps of a chain of calls. What is wrong with a call is noted in `scope`, and the call left out.

    `field` is what the chain begins with; a record that gets no message because of a step is told so.
    """
    steps = []
    for call in calls:
        scope.functions_used += 1
        if scope.functions_used > FUNCTION_LIMIT:
            scope.mistakes.add(TemplatingError.TOO_MANY_FUNCTIONS, call.token.start_index, call.name)
            break
        function = FUNCTIONS.get(call.name)
        if function is None:
            meant = _INSTEAD_OF.get(call.name) or nearest(call.name, FUNCTIONS)
            scope.mistakes.add(TemplatingError.UNKNOWN_FUNCTION, call.token.start_index, call.name, meant)
            continue
        steps.append(_step(function, _arguments(function, call, scope), field))
    return steps


def _step(function: Function, arguments: Sequence[_Argument], field: str) -> Step:
    call, name = function.call, function.name
    from_fields = any(isinstance(argument, _FromField) for argument in arguments)

    def step(text: str, values: Values) -> str:
        try:
            if len(text) > VALUE_LIMIT:
                raise RenderFailed(TemplatingError.VALUE_TOO_LONG)
            if not from_fields:
                return call(text, *arguments)
            return call(
                text,
                *[item.value(values) if isinstance(item, _FromField) else item for item in arguments],
            )
        except NoMessage as outcome:
            outcome.function, outcome.field = name, field
            raise

    return step


def _arguments(function: Function, call: Filter, scope: Scope) -> list[_Argument]:
    """The arguments of the call in the order of the function's parameters."""
    given: dict[str, KeywordArgument | PositionalArgument] = {}
    names = [parameter.name for parameter in function.parameters]
    positions = iter(names)
    for argument in call.args:
        keyword = isinstance(argument, KeywordArgument)
        name = argument.name if isinstance(argument, KeywordArgument) else next(positions, None)
        if name is None or name not in names or name in given:
            written = argument.name if isinstance(argument, KeywordArgument) else argument.token.value
            meant = nearest(written, set(names) - given.keys()) if keyword else None
            scope.mistakes.add(TemplatingError.ARGUMENT_UNKNOWN, argument.token.start_index, written, meant)
        else:
            given[name] = argument
    arguments: list[_Argument] = []
    for parameter in function.parameters:
        if parameter.name in given:
            arguments.append(_argument(parameter, given[parameter.name], scope))
        elif (default := _default(parameter, scope)) is not None:
            arguments.append(default)
        else:
            scope.mistakes.add(TemplatingError.ARGUMENT_MISSING, call.token.start_index, parameter.name)
    return arguments


def _argument(parameter: Parameter, argument: KeywordArgument | PositionalArgument, scope: Scope) -> _Argument:
    written = argument.value
    if isinstance(written, Path) and parameter.kind is str:
        return _FromField(scope.field(written), parameter, _default(parameter, scope))
    if isinstance(written, IntegerLiteral) and parameter.kind is int:
        return written.value
    if parameter.kind is str and isinstance(written, (StringLiteral, IntegerLiteral, FloatLiteral)):
        text = written.token.value
        if parameter.accepts is None or parameter.accepts.test(text):
            return text
        meant = nearest(text, parameter.accepts.known)
        scope.mistakes.add(TemplatingError.ARGUMENT_REFUSED, written.token.start_index, text, meant)
        return text
    scope.mistakes.add(TemplatingError.ARGUMENT_REFUSED, written.token.start_index, written.token.value)
    return ""


def _default(parameter: Parameter, scope: Scope) -> str | int | None:
    if parameter.accepts and parameter.accepts.told:
        return scope.told[parameter.accepts.told]
    return parameter.default
