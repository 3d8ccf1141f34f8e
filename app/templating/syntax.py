"""From a template's text to its syntax tree, by python-liquid's parser."""

import re
from collections.abc import Collection
from itertools import chain

from liquid import Environment, Token, TokenStream
from liquid.ast import Node
from liquid.builtin.content import Literal
from liquid.builtin.expressions import Filter, parse_primitive, tokenize
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output
from liquid.builtin.tags.case_tag import CaseTag
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.expression import Expression
from liquid.tag import Tag
from liquid.token import TOKEN_COMMA, TOKEN_EXPRESSION, TOKEN_OR, TOKEN_PIPE

from app.templating.errors import TemplatingError
from app.templating.mistakes import Mistakes
from app.templating.scope import nearest_field

_LEFT_OF_BAR = re.compile(r"\{\{-?\s*(?P<written>[^|}]*[^|}\s])\s*(?:\||-?\}\})")


class _IncompleteError(LiquidSyntaxError):
    """The expression ended where more was needed; the token is the one that it belongs to."""


class _Placed(Tag):
    """A tag whose mistakes have a place. Where an expression ends too early, python-liquid's have none."""

    def get_node(self, stream: TokenStream) -> Node:
        start = stream.current
        try:
            return super().get_node(stream)
        except LiquidError as error:
            if error.token is None or error.token.start_index < 0:
                raise _IncompleteError(*error.args, token=start) from None
            raise


class _Output(_Placed, Output):
    pass


class _If(_Placed, IfTag):
    pass


class _Unless(_Placed, UnlessTag):
    pass


class _Case(_Placed, CaseTag):
    def _parse_when_expression(self, stream: TokenStream) -> list[Expression]:
        # python-liquid's own forgives what it cannot read after the first value
        expressions = [parse_primitive(self.env, stream)]
        while stream.current.kind in (TOKEN_COMMA, TOKEN_OR):
            next(stream)
            expressions.append(parse_primitive(self.env, stream))
        stream.expect_eos()
        return expressions


class _Language(Environment):
    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (Literal, Illegal, _Output, _If, _Unless, _Case):
            self.add_tag(tag)


_LANGUAGE = _Language()


def parse(source: str, fields: Collection[str], mistakes: Mistakes) -> list[Node]:
    """The nodes of a template that `scan` found in order. A mistake in an expression is noted; the tree is then empty.

    `fields` are there to tell who writes a column's header, `{{ Patient Name }}`, what its name is.
    """
    try:
        return _LANGUAGE.from_string(source).nodes
    except LiquidError as error:
        token = _place(error)
        if not _note_header(source, token.start_index, fields, mistakes):
            mistakes.add(_code(error), token.start_index, token.value)
        return []


def parse_functions(source: str, offset: int, mistakes: Mistakes) -> list[Filter]:
    """The calls in `trim | truncate_words: 5`, what would stand behind the first `|` of an output.

    `offset` is the place of `source` in what `mistakes` are noted for.
    """
    whole = Token(TOKEN_EXPRESSION, source, offset, source)
    bar = Token(TOKEN_PIPE, "|", offset, source)
    try:
        tokens = TokenStream(chain([bar], tokenize(source, whole)))
        calls = Filter.parse(_LANGUAGE, tokens, delim=(TOKEN_PIPE,))
        tokens.expect_eos()
    except LiquidError as error:
        if error.token is None or error.token.start_index < 0:
            error = _IncompleteError(token=whole)
        token = _place(error)
        mistakes.add(_code(error), token.start_index, token.value)
        return []
    return calls


def _place(error: LiquidError) -> Token:
    return error.token or Token(TOKEN_EXPRESSION, "", 0, "")


def _code(error: LiquidError) -> TemplatingError:
    return TemplatingError.INCOMPLETE if isinstance(error, _IncompleteError) else TemplatingError.SYNTAX


def _note_header(source: str, index: int, fields: Collection[str], mistakes: Mistakes) -> bool:
    """Notes a header that stands where its column's name should, and says whether it was that."""
    match = _LEFT_OF_BAR.match(source, max(source.rfind("{{", 0, index + 2), 0))
    if match is None or not match.start("written") <= index < match.end("written"):
        return False
    meant = nearest_field(match["written"], fields)
    if meant:
        mistakes.add(TemplatingError.UNKNOWN_FIELD, match.start("written"), match["written"], meant)
    return bool(meant)
