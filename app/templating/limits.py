"""How much a template and what is made from it may be. A company's text must not hold up a worker."""

TEMPLATE_LIMIT = 200_000
"""Characters of a template. An e-mail with its styles written into it is long."""

TAG_LIMIT = 1_000
"""Pairs of braces in a template."""

EXPRESSION_LIMIT = 500
"""Characters between one pair of braces. The parser's work on them can grow with their square."""

NESTING_LIMIT = 10
"""Blocks inside one another."""

FUNCTION_LIMIT = 200
"""Functions that one template may use, each counted as often as it stands there."""

VALUE_LIMIT = 10_000
"""Characters that a function takes and gives."""

MESSAGE_LIMIT = 400_000
"""Characters of what is made from a template."""
