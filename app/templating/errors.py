"""Why a template is refused, why a message was not made: codes, and the one table of their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class TemplatingError(StrEnum):
    """A code of this stage. The first group is found when a template is saved, the second when it is rendered."""

    TEMPLATE_TOO_LONG = "template_too_long"
    EXPRESSION_TOO_LONG = "expression_too_long"
    TOO_MANY_TAGS = "too_many_tags"
    TOO_MANY_FUNCTIONS = "too_many_functions"
    NESTED_TOO_DEEP = "nested_too_deep"
    BRACES_NOT_CLOSED = "braces_not_closed"
    BRACES_NOT_OPENED = "braces_not_opened"
    BLOCK_NOT_CLOSED = "block_not_closed"
    BLOCK_NOT_OPENED = "block_not_opened"
    SYNTAX = "syntax"
    INCOMPLETE = "incomplete"
    UNKNOWN_TAG = "unknown_tag"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_FUNCTION = "unknown_function"
    ARGUMENT_MISSING = "argument_missing"
    ARGUMENT_UNKNOWN = "argument_unknown"
    COMPARISON_REFUSED = "comparison_refused"
    WHEN_REPEATED = "when_repeated"

    BLANK_VALUE = "blank_value"
    DATE_UNREADABLE = "date_unreadable"
    TIME_UNREADABLE = "time_unreadable"
    PHONE_UNREADABLE = "phone_unreadable"
    AMOUNT_UNREADABLE = "amount_unreadable"
    VALUE_TOO_LONG = "value_too_long"
    MESSAGE_TOO_LONG = "message_too_long"

    ARGUMENT_REFUSED = "argument_refused"
    """Found when the template is saved if the argument is written there, at rendering if it comes from a field."""


WORDS: dict[TemplatingError, str] = {
    TemplatingError.TEMPLATE_TOO_LONG: "the template is too long",
    TemplatingError.EXPRESSION_TOO_LONG: "there is too much between one pair of braces",
    TemplatingError.TOO_MANY_TAGS: "the template has too many braces",
    TemplatingError.TOO_MANY_FUNCTIONS: "the template uses too many functions",
    TemplatingError.NESTED_TOO_DEEP: "there are too many blocks inside one another",
    TemplatingError.BRACES_NOT_CLOSED: "“{name}” is opened here and not closed",
    TemplatingError.BRACES_NOT_OPENED: "“{name}” closes braces that were not opened",
    TemplatingError.BLOCK_NOT_CLOSED: "“{name}” starts a block here that has no end",
    TemplatingError.BLOCK_NOT_OPENED: "“{name}” has no place here",
    TemplatingError.SYNTAX: "“{name}” was not expected here",
    TemplatingError.INCOMPLETE: "“{name}” is not finished",
    TemplatingError.UNKNOWN_TAG: "there is no tag “{name}”",
    TemplatingError.UNKNOWN_FIELD: "there is no field “{name}”",
    TemplatingError.UNKNOWN_FUNCTION: "there is no function “{name}”",
    TemplatingError.ARGUMENT_MISSING: "the function needs its argument “{name}”",
    TemplatingError.ARGUMENT_UNKNOWN: "the function has no place for “{name}”",
    TemplatingError.COMPARISON_REFUSED: "“{name}” cannot be compared like this: fields are compared with text in"
    " quotes or with numbers, and only numbers are smaller or greater",
    TemplatingError.WHEN_REPEATED: "an earlier “when” already answers for “{name}”",
    TemplatingError.BLANK_VALUE: "a value that the message needs is blank",
    TemplatingError.DATE_UNREADABLE: "the value could not be read as a date",
    TemplatingError.TIME_UNREADABLE: "the value could not be read as a time",
    TemplatingError.PHONE_UNREADABLE: "the value could not be read as a phone number",
    TemplatingError.AMOUNT_UNREADABLE: "the value could not be read as an amount",
    TemplatingError.VALUE_TOO_LONG: "a value is too long",
    TemplatingError.MESSAGE_TOO_LONG: "the message came out too long",
    TemplatingError.ARGUMENT_REFUSED: "the function cannot use “{name}”",
}


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One mistake in a template: where it is, what was written there, and the nearest thing that exists."""

    code: TemplatingError
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    name: str = ""
    nearest: str | None = None

    def __str__(self) -> str:
        said = f"Line {self.line}, column {self.column}: {WORDS[self.code].format(name=self.name)}."
        return f"{said} Did you mean “{self.nearest}”?" if self.nearest else said


class TemplateInvalid(Exception):  # noqa: N818 - a verdict on the tenant's text, not a fault of ours
    """The template cannot be used. `problems` are in the order of the text, never empty."""

    def __init__(self, problems: Sequence[TemplateProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class NoMessage(Exception):  # noqa: N818 - an outcome of one record
    """A record does not become a message. Says which function met which field, never the value: it is personal."""

    def __init__(self, code: TemplatingError, *, function: str = "", field: str = "") -> None:
        self.code = code
        self.function = function
        self.field = field
        super().__init__(code)

    def __str__(self) -> str:
        met = " ".join(part for part in (self.function, self.field) if part)
        return f"{self.code} ({met})" if met else str(self.code)


class SkipMessage(NoMessage):
    """The template says that this record is to have no message."""


class RenderFailed(NoMessage):
    """The message could not be made from this record's values."""
