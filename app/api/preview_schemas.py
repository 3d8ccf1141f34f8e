"""What a preview looks like in the API's JSON."""

from marshmallow import Schema, fields, validate

from app.api.schemas import Finding
from app.models import Channel
from app.templating.language_names import NAMES as LANGUAGES


class PreviewQuery(Schema):
    """Which rows to preview, and in which language: each row's own, or one for all."""

    rows = fields.Integer(load_default=10, validate=validate.Range(1, 200))
    language = fields.String(load_default=None, validate=validate.OneOf(sorted(LANGUAGES)))


class PreviewedFailure(Schema):
    """Why a row would get no message."""

    stage = fields.String()
    code = fields.String()
    words = fields.String()
    facts = fields.Dict()


class CostlyCharacter(Schema):
    """A character that makes a text message longer; `replacement` is what says the same and does not, if anything."""

    character = fields.String()
    replacement = fields.String(allow_none=True)


class SmsSize(Schema):
    """How large a text message is. `units` are characters of its encoding; `segments` are billed."""

    encoding = fields.String(validate=validate.OneOf(["GSM-7", "UCS-2"]))
    units = fields.Integer()
    segments = fields.Integer()
    per_segment = fields.Integer()
    costly = fields.List(fields.Nested(CostlyCharacter))


class PlainerText(Schema):
    """The text in plainer characters; `plain_characters` of the delivery method makes every message so."""

    text = fields.String()
    size = fields.Nested(SmsSize)


class UnfilteredTexts(Schema):
    """The texts before the campaign's filters."""

    subject = fields.String()
    text = fields.String()
    html = fields.String()


class PreviewedMessage(Schema):
    """What one row becomes on one delivery method: a text, or the reason why not."""

    file_id = fields.UUID()
    row_number = fields.Integer()
    method = fields.String()
    channel = fields.Enum(Channel, by_value=True)
    endpoint = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    html = fields.String(allow_none=True)
    before_filters = fields.Nested(
        UnfilteredTexts, allow_none=True, metadata={"description": "Only if the filters cut something."}
    )
    units = fields.Integer(allow_none=True)
    size = fields.Nested(SmsSize, allow_none=True, metadata={"description": "Of a text message."})
    plainer = fields.Nested(
        PlainerText, allow_none=True, metadata={"description": "Only if it takes fewer segments than the text."}
    )
    not_before = fields.AwareDateTime(allow_none=True)
    failure = fields.Nested(PreviewedFailure, allow_none=True)


class Preview(Schema):
    """What the check found, and what the first rows become. Repeats show only in a dry run."""

    findings = fields.List(fields.Nested(Finding))
    messages = fields.List(fields.Nested(PreviewedMessage))
