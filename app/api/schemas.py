"""What the API's JSON looks like. Field names follow the models'."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.campaigns.editing import MOST_NAME_CHARS
from app.models import (
    CampaignStatus,
    Channel,
    Disposition,
    FailureStage,
    MessageStatus,
    RunStatus,
    RunTrigger,
    RunUntil,
)

MOST_A_PAGE = 1_000


class DefinitionField(fields.Dict):
    """A campaign's definition; its schema in the document is pydantic's, its checking too."""

    def __init__(self, **options: object) -> None:
        super().__init__(metadata={"$ref": "#/components/schemas/Definition"}, **options)  # type: ignore[arg-type]


class Problem(Schema):
    """One thing that is wrong; `code` is for programs, `message` for people."""

    code = fields.String()
    message = fields.String()
    where = fields.String(metadata={"description": "The field or place in the definition, if it is one."})
    facts = fields.Dict()


class Refusal(Schema):
    """Every failure, whatever its status."""

    status = fields.Integer()
    errors = fields.List(fields.Nested(Problem))


class PageQuery(Schema):
    """Where a page starts and how long it is."""

    after = fields.UUID(load_default=None)
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_A_PAGE))


class Customer(Schema):
    """The company that the key belongs to."""

    id = fields.UUID()
    name = fields.String()
    time_zone = fields.String()
    region = fields.String()
    language = fields.String()
    sandbox = fields.Boolean()


class CampaignName(fields.String):
    """What a campaign is called; its checking is the stage's."""

    def __init__(self, **options: object) -> None:
        super().__init__(metadata={"minLength": 1, "maxLength": MOST_NAME_CHARS}, **options)  # type: ignore[arg-type]


class NewCampaign(Schema):
    """A campaign to make. Without a definition one is suggested from the first file's columns."""

    name = CampaignName(required=True)
    files = fields.List(fields.UUID(), load_default=list)
    definition = DefinitionField(load_default=None)


class CampaignChange(Schema):
    """What to change; `definition` is merged into the present one (JSON merge patch, RFC 7396)."""

    name = CampaignName()
    definition = DefinitionField()


class CampaignFiles(Schema):
    """The files that a campaign speaks to, in order."""

    files = fields.List(fields.UUID(), required=True)


class CampaignRow(Schema):
    """A campaign as it stands in a list."""

    id = fields.UUID()
    name = fields.String()
    status = fields.Enum(CampaignStatus, by_value=True)
    version = fields.Integer()
    next_fire_at = fields.AwareDateTime(allow_none=True)
    files = fields.List(fields.UUID())
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class Finding(Schema):
    """Something that a check found. In a template, `facts` has `line`, `column`, `name` and, if one is, `nearest`."""

    code = fields.String()
    severity = fields.String()
    where = fields.String()
    words = fields.String()
    facts = fields.Dict()


class Campaign(CampaignRow):
    """A campaign with its newest version, and what the checks find in it."""

    definition = DefinitionField()
    findings = fields.List(fields.Nested(Finding))


class CampaignPage(Schema):
    """Campaigns, newest first."""

    items = fields.List(fields.Nested(CampaignRow))
    next = fields.UUID(allow_none=True)


class NewRun(Schema):
    """How far the run goes by itself, and when delivering begins."""

    until = fields.Enum(RunUntil, by_value=True, load_default=RunUntil.DELIVERING)
    start_at = fields.AwareDateTime(load_default=None)


class Deliver(Schema):
    """When delivering begins; at once without it."""

    start_at = fields.AwareDateTime(load_default=None)


class Run(Schema):
    """A run and its counts."""

    id = fields.UUID()
    campaign_id = fields.UUID()
    version = fields.Integer()
    status = fields.Enum(RunStatus, by_value=True)
    trigger = fields.Enum(RunTrigger, by_value=True)
    until = fields.Enum(RunUntil, by_value=True)
    start_at = fields.AwareDateTime(allow_none=True)
    records_total = fields.Integer(metadata={"description": "Of a requeue: the failures that it walks."})
    created_at = fields.AwareDateTime()
    queued_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    messages = fields.Dict(keys=fields.String(), values=fields.Integer())
    failures = fields.Dict(keys=fields.String(), values=fields.Integer())
    requeued = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many of `failures` another run has taken up."},
    )
    dispositions = fields.Dict(keys=fields.String(), values=fields.Integer())


class MessagesQuery(PageQuery):
    """Which messages."""

    run_id = fields.UUID(load_default=None)
    campaign_id = fields.UUID(load_default=None)
    status = fields.Enum(MessageStatus, by_value=True, load_default=None)
    channel = fields.Enum(Channel, by_value=True, load_default=None)
    endpoint = fields.String(load_default=None)


class Message(Schema):
    """A message and where it is now."""

    id = fields.UUID()
    run_id = fields.UUID()
    campaign_id = fields.UUID()
    method = fields.String()
    file_id = fields.UUID(attribute="data_source_id")
    row_number = fields.Integer()
    channel = fields.Enum(Channel, by_value=True)
    endpoint = fields.String()
    person = fields.String()
    doctor = fields.String()
    appointment_at = fields.AwareDateTime(allow_none=True)
    subject = fields.String(allow_none=True)
    body = fields.String()
    units = fields.Integer()
    status = fields.Enum(MessageStatus, by_value=True)
    not_before = fields.AwareDateTime()
    attempts = fields.Integer()
    provider_id = fields.String(allow_none=True)
    error_code = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)
    read_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    disposition = fields.Enum(Disposition, by_value=True, allow_none=True)
    disposition_at = fields.AwareDateTime(allow_none=True)


class MessagePage(Schema):
    """Messages, newest first."""

    items = fields.List(fields.Nested(Message))
    next = fields.UUID(allow_none=True)


class FailedRowsQuery(Schema):
    """Which failures of a file."""

    run_id = fields.UUID(load_default=None)
    campaign_id = fields.UUID(load_default=None)
    stage = fields.Enum(FailureStage, by_value=True, load_default=None)
    code = fields.String(load_default=None)
    channel = fields.Enum(Channel, by_value=True, load_default=None)
    requeued = fields.Boolean(load_default=None, metadata={"description": "`false` leaves those that still stand."})


class FailuresQuery(PageQuery, FailedRowsQuery):
    """Which failures."""

    file_id = fields.UUID(load_default=None, attribute="data_source_id")


class Failure(Schema):
    """A row and delivery method that came to nothing, and why."""

    id = fields.UUID()
    run_id = fields.UUID()
    campaign_id = fields.UUID()
    method = fields.String()
    file_id = fields.UUID(attribute="data_source_id")
    row_number = fields.Integer()
    channel = fields.Enum(Channel, by_value=True)
    stage = fields.Enum(FailureStage, by_value=True)
    code = fields.String()
    words = fields.String()
    facts = fields.Dict()
    person = fields.String()
    endpoint = fields.String()
    data = fields.Dict(metadata={"description": "The record as it was, by field."})
    corrected = fields.Dict(allow_none=True, metadata={"description": "The cells that were corrected since."})
    corrected_at = fields.AwareDateTime(allow_none=True)
    message_id = fields.UUID(allow_none=True, metadata={"description": "The message that failed."})
    repeats_message_id = fields.UUID(
        allow_none=True, metadata={"description": "The message that this one would have repeated."}
    )
    requeue_run_id = fields.UUID(allow_none=True, metadata={"description": "The run that has taken it up."})
    created_at = fields.AwareDateTime()


class Correction(Schema):
    """Cells to put in place of the record's, by field; the others stay as they are."""

    data = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Requeue(Schema):
    """Failures of one campaign: named by their ids, or all that the filters leave. One of the two is needed."""

    ids = fields.List(fields.UUID(), validate=validate.Length(1, MOST_A_PAGE))
    run_id = fields.UUID()
    campaign_id = fields.UUID()
    file_id = fields.UUID(attribute="data_source_id")
    stage = fields.Enum(FailureStage, by_value=True)
    code = fields.String()
    channel = fields.Enum(Channel, by_value=True)

    @validates_schema
    def one_of_the_two(self, wanted: dict[str, object], **_options: object) -> None:
        """Nothing given would be everything; ids and filters together would leave open which of them counts."""
        if not wanted or ("ids" in wanted and len(wanted) > 1):
            raise ValidationError("Give ids, or at least one filter.", "ids")


class FailurePage(Schema):
    """Failures, newest first."""

    items = fields.List(fields.Nested(Failure))
    next = fields.UUID(allow_none=True)


class Receipt(Schema):
    """A provider's event or a person's word, as it came."""

    id = fields.UUID()
    provider = fields.String()
    kind = fields.String()
    message_id = fields.UUID(allow_none=True)
    provider_id = fields.String(allow_none=True)
    received_at = fields.AwareDateTime()
    applied_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String(allow_none=True)
    status = fields.Enum(MessageStatus, by_value=True, allow_none=True)
    error_code = fields.String(allow_none=True)
    payload = fields.Dict()


class ReceiptPage(Schema):
    """Receipts in order of arrival; `next` is where to go on, now or later."""

    items = fields.List(fields.Nested(Receipt))
    next = fields.UUID(allow_none=True)
