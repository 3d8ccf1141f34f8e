"""What a dry run looks like in the API's JSON."""

from marshmallow import Schema, fields

from app.models import Channel, DryRunStatus, FailureStage


class FailedRecord(Schema):
    """The first record that failed for a reason."""

    file_id = fields.UUID()
    row_number = fields.Integer()
    words = fields.String()
    facts = fields.Dict()


class Reason(Schema):
    """Why records would not become messages, and how many."""

    stage = fields.Enum(FailureStage, by_value=True)
    code = fields.String()
    n = fields.Integer()
    example = fields.Nested(FailedRecord)


class Counts(Schema):
    """`messages` would go out, `failures` not; together they are the records that have been walked."""

    messages = fields.Integer()
    units = fields.Integer(metadata={"description": "SMS segments; messages on other channels."})
    failures = fields.Integer()
    first_at = fields.AwareDateTime(allow_none=True)
    last_at = fields.AwareDateTime(allow_none=True)
    days = fields.Dict(
        keys=fields.Date(),
        values=fields.Integer(),
        metadata={"description": "Messages by the recipients' local day on which they go out."},
    )


class MethodForecast(Counts):
    """What would become of the records on one delivery method."""

    method = fields.String()
    channel = fields.Enum(Channel, by_value=True)
    repeats_in_list = fields.Integer(metadata={"description": "Duplicates of an earlier record of the list."})
    repeats_of_messages = fields.Integer(metadata={"description": "Duplicates of messages that are there already."})
    reasons = fields.List(fields.Nested(Reason))


class DryRun(Counts):
    """A dry run; its counts are those of all delivery methods together, once it is `finished` of the whole list."""

    id = fields.UUID()
    campaign_id = fields.UUID()
    version = fields.Integer()
    status = fields.Enum(DryRunStatus, by_value=True)
    counts_for_ready = fields.Boolean(
        metadata={
            "description": "Finished, and of the campaign's newest version, its files and the company as they are."
        }
    )
    files = fields.List(fields.UUID())
    fires_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "The schedule's next time, which it reckons with; else the present."}
    )
    records_total = fields.Integer()
    records_done = fields.Integer()
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    methods = fields.List(fields.Nested(MethodForecast))
