"""The page of reference, as data, built from what the functions say about themselves."""

import inspect
import re
from dataclasses import dataclass

from app.templating.functions.registry import FUNCTIONS, Function, Parameter

_EXAMPLE = re.compile(r"^ {4}(?P<template>.+?) =>(?: (?:\[(?P<code>\w+)\]|(?P<result>.+)))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A template, and what comes out of it."""

    template: str
    result: str
    code: str | None = None
    """Why there is no message, where there is none."""


@dataclass(frozen=True, slots=True)
class FunctionDoc:
    """One function's entry."""

    name: str
    signature: str
    """As a template would use it: `truncate_words: words, end: "..."`."""
    summary: str
    """The first sentence."""
    details: str
    """More, in paragraphs divided by a blank line, or an empty text."""
    examples: tuple[Example, ...]


def reference() -> list[FunctionDoc]:
    """Every message function, by name."""
    return [_document(FUNCTIONS[name]) for name in sorted(FUNCTIONS)]


def _document(function: Function) -> FunctionDoc:
    said, _, examples = (inspect.getdoc(function.call) or "").partition("\n\nExamples:\n")
    summary, _, details = said.partition("\n\n")
    return FunctionDoc(
        function.name,
        _signature(function),
        summary,
        details,
        tuple(
            Example(match["template"], match["result"] or "", match["code"]) for match in _EXAMPLE.finditer(examples)
        ),
    )


def _signature(function: Function) -> str:
    arguments = ", ".join(map(_argument, function.parameters))
    return f"{function.name}: {arguments}" if arguments else function.name


def _argument(parameter: Parameter) -> str:
    if parameter.default is None:
        return parameter.name
    written = f'"{parameter.default}"' if parameter.kind is str else str(parameter.default)
    return f"{parameter.name}: {written}"
