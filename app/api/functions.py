"""The message functions, as their reference says them."""

from typing import Any

from marshmallow import Schema, fields

from app.api.guard import room
from app.templating.functions import reference

blueprint = room("functions", "What texts and mappings can do with a field")


class Example(Schema):
    """A template and what comes out of it; `code`, if there is one, says why no message does."""

    template = fields.String()
    result = fields.String()
    code = fields.String(allow_none=True)


class MessageFunction(Schema):
    """A function for fields in texts, after a bar, and for columns in a mapping."""

    name = fields.String()
    signature = fields.String()
    summary = fields.String()
    details = fields.String()
    examples = fields.List(fields.Nested(Example))


class MessageFunctions(Schema):
    """All of them, by name."""

    items = fields.List(fields.Nested(MessageFunction))


@blueprint.get("/functions")
@blueprint.response(200, MessageFunctions)
def functions() -> dict[str, Any]:
    """Every message function, by name, with examples that hold."""
    return {"items": reference()}
