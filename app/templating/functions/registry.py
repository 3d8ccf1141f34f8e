"""Which message functions there are, and what a template may give them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Told = Literal["language", "order", "region"]
"""What is known where a template stands: the language of its content; how the company's country writes days in figures,
and that country.
"""

MessageFunction = Callable[..., str]
F = TypeVar("F", bound=MessageFunction)


@dataclass(frozen=True)
class Accepts:
    """Which texts an argument may be; the annotation of a parameter that takes not just any."""

    test: Callable[[str], object]
    """Truthy for an acceptable text."""
    known: tuple[str, ...] = ()
    """Names worth offering to one who mistypes."""
    only_when_written: bool = False
    """A mistake when it stands in the template; a field may hold anything, and the function makes the best of it."""
    told: Told | None = None
    """What it is without the argument, instead of the function's own default."""


@dataclass(frozen=True)
class Parameter:
    """What a function takes besides the text. Without a `default` it must be given."""

    name: str
    kind: type[str] | type[int]
    default: str | int | None
    accepts: Accepts | None


@dataclass(frozen=True)
class Function:
    """A message function: text in, text out.

    `call` raises `NoMessage` and nothing else, whatever the text, if its arguments are acceptable.
    """

    name: str
    call: MessageFunction
    parameters: tuple[Parameter, ...]


FUNCTIONS: dict[str, Function] = {}
"""By the name that templates use."""


def message_function(call: F) -> F:
    """Registers `call` under its own name, its parameters after the first as those that templates may give."""
    hints = get_type_hints(call, include_extras=True)
    _text, *rest = inspect.signature(call).parameters.values()
    parameters = tuple(_parameter(parameter, hints[parameter.name]) for parameter in rest)
    FUNCTIONS[call.__name__] = Function(call.__name__, call, parameters)
    return call


def one_of(*names: str, told: Told | None = None) -> Accepts:
    """Accepts these texts only."""
    return Accepts(frozenset(names).__contains__, names, told=told)


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:
    kind, accepts = hint, None
    if get_origin(hint) is Annotated:
        kind, accepts = get_args(hint)
    default = None if parameter.default is inspect.Parameter.empty else parameter.default
    return Parameter(parameter.name, kind, default, accepts)
