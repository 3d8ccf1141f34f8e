"""From a checked syntax tree to closures, so that a render walks no tree and looks up no name twice.

Measured with five fields, `trim` and `upper`: 1.4 microseconds a render, 9.9 by python-liquid's own renderer.
"""

from collections.abc import Sequence
from html import escape
from operator import itemgetter

from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.primitive import FloatLiteral, IntegerLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from app.templating.calls import Step, steps_of
from app.templating.conditions import condition, equality
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.limits import MESSAGE_LIMIT
from app.templating.scope import Render, Scope, Test, Values

_Choice = tuple[Test, Render]


def compile_nodes(nodes: Sequence[Node], scope: Scope, *, html: bool) -> Render:
    """The function that renders `nodes` one after the other. What is wrong with them is noted in `scope`.

    With `html`, what comes out of double braces is escaped, so that no cell can bring markup of its own.
    """
    compiler = _Compiler(scope, html)
    return compiler.sequence(nodes)


class _Compiler:
    def __init__(self, scope: Scope, html: bool) -> None:
        self._scope = scope
        self._html = html

    def sequence(self, nodes: Sequence[Node]) -> Render:
        parts = [self._node(node) for node in nodes]
        if len(parts) == 1:
            return parts[0]

        def render(values: Values) -> str:
            pieces = [part(values) for part in parts]
            if sum(map(len, pieces)) > MESSAGE_LIMIT:
                raise RenderFailed(TemplatingError.MESSAGE_TOO_LONG)
            return "".join(pieces)

        return render

    def _node(self, node: Node) -> Render:
        if isinstance(node, ContentNode):
            return _text(node.text)
        if isinstance(node, OutputNode):
            return self._output(node.expression)
        if isinstance(node, (IfNode, UnlessNode)):
            return self._if(node)
        if isinstance(node, CaseNode):
            return self._case(node)
        raise TypeError(f"the language has no {type(node).__name__}")

    def _output(self, expression: Expression) -> Render:
        if not isinstance(expression, FilteredExpression):
            raise TypeError(f"the language has no {type(expression).__name__}")
        render, field = self._start(expression.left)
        if steps := steps_of(expression.filters or [], self._scope, field):
            render = _piped(render, steps)
        return _escaped(render) if self._html else render

    def _start(self, expression: Expression) -> tuple[Render, str]:
        """What a chain of functions begins with, and the field's name if it is a field."""
        if isinstance(expression, Path):
            field = self._scope.field(expression)
            return itemgetter(field), field
        if not isinstance(expression, (StringLiteral, IntegerLiteral, FloatLiteral)):
            self._scope.mistakes.add(TemplatingError.SYNTAX, expression.token.start_index, expression.token.value)
        return _text(expression.token.value), ""

    def _if(self, node: IfNode | UnlessNode) -> Render:
        test = condition(node.condition, self._scope)
        first: Test = test if isinstance(node, IfNode) else lambda values: not test(values)
        choices = [(first, self._block(node.consequence))]
        for branch in node.alternatives:
            choices.append((condition(branch.expression, self._scope), self._block(branch.block)))
        return _chosen(choices, self._block(node.default))

    def _case(self, node: CaseNode) -> Render:
        if not isinstance(node.expression, Path):
            token = node.expression.token
            self._scope.mistakes.add(TemplatingError.COMPARISON_REFUSED, token.start_index, token.value)
            return _text("")
        field = self._scope.field(node.expression)
        choices: list[_Choice] = []
        otherwise: BlockNode | None = None
        answered: set[tuple[type[Expression], str]] = set()
        for branch in node.blocks:
            if isinstance(branch, MultiExpressionBlockNode):
                self._check_whens(branch.expression.children(), answered)
                block = self._block(branch.block)
                choices += [(equality(field, value, self._scope), block) for value in branch.expression.children()]
            else:
                otherwise = branch
        return _chosen(choices, self._block(otherwise))

    def _check_whens(self, values: Sequence[Expression], answered: set[tuple[type[Expression], str]]) -> None:
        """Liquid renders a block once for each of its values that fits; with every value once, that is once."""
        for value in values:
            key = (type(value), value.token.value)
            if key in answered:
                self._scope.mistakes.add(TemplatingError.WHEN_REPEATED, value.token.start_index, value.token.value)
            answered.add(key)

    def _block(self, block: BlockNode | None) -> Render:
        render = self.sequence(block.nodes) if block else _text("")
        # Liquid's rule: white space that stands there for the sake of the tags alone leaves nothing behind
        return _text("") if block and block.blank else render


def _text(text: str) -> Render:
    return lambda values: text


def _piped(start: Render, steps: Sequence[Step]) -> Render:
    def render(values: Values) -> str:
        text = start(values)
        for step in steps:
            text = step(text, values)
        return text

    return render


def _escaped(render: Render) -> Render:
    return lambda values: escape(render(values))


def _chosen(choices: Sequence[_Choice], otherwise: Render) -> Render:
    def render(values: Values) -> str:
        for test, block in choices:
            if test(values):
                return block(values)
        return otherwise(values)

    return render
