"""Field manipulation: from a record's cells to the values that the mapping makes of them."""

from collections.abc import Callable, Collection, Mapping, Sequence

from app.campaigns.definition import Source
from app.queueing.errors import CleanError, StoppedError
from app.templating.errors import WORDS, NoMessage, SkipMessage, TemplateInvalid
from app.templating.template import compile_functions

Values = Mapping[str, str]
Reader = Callable[[Values], str]
"""From a record's values to one value. Raises `StoppedError`."""

_SHOWN = 200
"""Characters of a value that a failure repeats; the whole of it is in the record beside it."""


def cleaned(cells: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """The cells under their stable names, without blanks at their ends and with one kind of line end.

    A row shorter than the header has blanks at its end.
    """
    trimmed = [cell.strip().replace("\r\n", "\n") for cell in cells[: len(fields)]]
    trimmed += [""] * (len(fields) - len(trimmed))
    return dict(zip(fields, trimmed, strict=True))


def compile_reader(
    source: Source,
    columns: Collection[str],
    arguments: Collection[str],
    language: str = "en",
    region: str = "US",
) -> Reader:
    """A function that reads `source` from a record's values.

    `columns` are the file's fields, `arguments` the fields that may stand as arguments of functions, `language` the one
    that functions write days in, `region` the company's country. A source that cannot be used is found by the
    campaign's checks; here, each record that needs it stops and says so.
    """
    column = source.column
    if column not in columns:
        return _stopping(column, f"there is no column “{column}”")
    if not source.functions:
        return lambda values: values[column]
    try:
        chain = compile_functions(source.functions, arguments, column=column, language=language, region=region)
    except TemplateInvalid as refusal:
        return _stopping(column, str(refusal.problems[0]))

    def read(values: Values) -> str:
        value = values[column]
        try:
            return chain.apply(value, values)
        except SkipMessage as outcome:
            raise StoppedError(CleanError.ROW_SKIPPED, field=column, function=outcome.function) from outcome
        except NoMessage as outcome:
            raise StoppedError(
                CleanError.FUNCTION_FAILED,
                field=column,
                function=outcome.function,
                value=value[:_SHOWN],
                reason=outcome.code.value,
                problem=WORDS[outcome.code].format(name=column),
            ) from outcome

    return read


def first_filled(readers: Sequence[Reader]) -> Reader:
    """A function that tries several readers in order: the first value that is not blank, else an empty one."""
    if len(readers) == 1:
        return readers[0]

    def read(values: Values) -> str:
        return next((value for reader in readers if (value := reader(values))), "")

    return read


def all_filled(readers: Sequence[Reader]) -> Callable[[Values], list[str]]:
    """A function that tries several readers in order: all values that are not blank.

    A value that a function cannot be applied to is passed over if there is another one.
    """
    if len(readers) == 1:
        (only,) = readers
        return lambda values: [value] if (value := only(values)) else []

    def read(values: Values) -> list[str]:
        found, stops = [], []
        for reader in readers:
            try:
                value = reader(values)
            except StoppedError as stop:
                if stop.code is not CleanError.FUNCTION_FAILED:
                    raise
                stops.append(stop)
            else:
                if value:
                    found.append(value)
        if stops and not found:
            raise stops[0]
        return found

    return read


def _stopping(column: str, problem: str) -> Reader:
    def stop(_values: Values) -> str:
        raise StoppedError(CleanError.MAPPING_INVALID, field=column, problem=problem)

    return stop
