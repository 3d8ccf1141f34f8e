"""From a condition in the syntax tree to a test of a record's values.

Fields are texts, and a condition reads them as their author means them: a field alone asks whether it is not blank; a
field beside a number is read as a number (`$1,200.00` is 1200), and one that is none is equal, smaller and greater to
nothing. Liquid itself would take every text for true, and fail at `balance > 0`.
"""

import operator
from collections.abc import Callable
from decimal import Decimal

from liquid.builtin.expressions import BooleanExpression, Path, StringLiteral
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import (
    Blank,
    Empty,
    FalseLiteral,
    FloatLiteral,
    IntegerLiteral,
    Nil,
    TrueLiteral,
)
from liquid.expression import Expression

from app.templating.amounts import read_amount
from app.templating.errors import TemplatingError
from app.templating.scope import Scope, Test, Values

_Comparison = (
    EqExpression | NeExpression | LtExpression | GtExpression | LeExpression | GeExpression | ContainsExpression
)
_ORDERS: dict[type[Expression], Callable[[Decimal, Decimal], bool]] = {
    LtExpression: operator.lt,
    GtExpression: operator.gt,
    LeExpression: operator.le,
    GeExpression: operator.ge,
}
_FROM_THE_OTHER_SIDE: dict[type[Expression], type[Expression]] = {
    EqExpression: EqExpression,
    NeExpression: NeExpression,
    LtExpression: GtExpression,
    GtExpression: LtExpression,
    LeExpression: GeExpression,
    GeExpression: LeExpression,
}


def condition(expression: Expression, scope: Scope) -> Test:
    """The test that `expression` asks for. What cannot be compared is noted in `scope`."""
    if isinstance(expression, BooleanExpression):
        return condition(expression.expression, scope)
    if isinstance(expression, (LogicalAndExpression, LogicalOrExpression)):
        return _logical(expression, scope)
    if isinstance(expression, _Comparison):
        return _comparison(expression, scope)
    if isinstance(expression, Path):
        return _not(_is_blank(scope.field(expression)))
    if isinstance(expression, (TrueLiteral, FalseLiteral)):
        always = isinstance(expression, TrueLiteral)
        return lambda values: always
    return _refused(expression, scope)


def equality(field: str, other: Expression, scope: Scope) -> Test:
    """Whether a field is equal to what stands beside it: a text, a number, `blank`, another field."""
    if isinstance(other, StringLiteral):
        text = other.value
        return lambda values: values[field] == text
    if isinstance(other, (IntegerLiteral, FloatLiteral)):
        return _number_test(field, operator.eq, Decimal(other.token.value))
    if isinstance(other, (Blank, Empty)):
        return _is_blank(field)
    if isinstance(other, Path):
        second = scope.field(other)
        return lambda values: values[field] == values[second]
    return _refused(other, scope)


def _logical(expression: LogicalAndExpression | LogicalOrExpression, scope: Scope) -> Test:
    left, right = condition(expression.left, scope), condition(expression.right, scope)
    if isinstance(expression, LogicalAndExpression):
        return lambda values: left(values) and right(values)
    return lambda values: left(values) or right(values)


def _comparison(expression: _Comparison, scope: Scope) -> Test:
    kind: type[Expression] = type(expression)
    left, right = expression.left, expression.right
    if not isinstance(left, Path) and isinstance(right, Path) and kind in _FROM_THE_OTHER_SIDE:
        left, right, kind = right, left, _FROM_THE_OTHER_SIDE[kind]
    if not isinstance(left, Path):
        return _refused(left, scope)
    field = scope.field(left)
    if kind is EqExpression:
        return equality(field, right, scope)
    if kind is NeExpression:
        return _not(equality(field, right, scope))
    if kind is ContainsExpression:
        return _contains(field, right, scope)
    if isinstance(right, (IntegerLiteral, FloatLiteral)):
        return _number_test(field, _ORDERS[kind], Decimal(right.token.value))
    return _refused(right, scope)


def _contains(field: str, part: Expression, scope: Scope) -> Test:
    if isinstance(part, StringLiteral):
        text = part.value
        return lambda values: text in values[field]
    if isinstance(part, Path):
        second = scope.field(part)
        return lambda values: values[second] in values[field]
    return _refused(part, scope)


def _is_blank(field: str) -> Test:
    return lambda values: not values[field].strip()


def _not(test: Test) -> Test:
    return lambda values: not test(values)


def _number_test(field: str, compare: Callable[[Decimal, Decimal], bool], number: Decimal) -> Test:
    def test(values: Values) -> bool:
        amount = read_amount(values[field])
        return amount is not None and compare(amount, number)

    return test


def _refused(expression: Expression, scope: Scope) -> Test:
    meant = "blank" if isinstance(expression, Nil) else None
    scope.mistakes.add(TemplatingError.COMPARISON_REFUSED, expression.token.start_index, expression.token.value, meant)
    return lambda values: False
