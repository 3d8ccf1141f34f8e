"""What a row becomes, as it is shown to a person or program before anything is sent. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.models import Channel
from app.queueing.errors import Facts, FilterError, words_for
from app.queueing.outcome import Failed, Outcome, Staged, Texts
from app.queueing.text_filters import compile_filters
from app.templating.sms import SmsSize, measure, plain

_UNCUT = compile_filters(())


@dataclass(frozen=True, slots=True)
class PlainerText:
    """A text message in plainer characters, and what it would cost."""

    text: str
    size: SmsSize


@dataclass(frozen=True, slots=True)
class PreviewedFailure:
    """Why a row would get no message."""

    stage: str
    code: str
    words: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """What a row would get on one delivery method: texts and when they go, or a failure."""

    file_id: UUID
    row_number: int
    method: str
    channel: Channel
    endpoint: str
    language: str | None = None
    """Tag of the language that the texts are in."""
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    before_filters: Texts | None = None
    """The texts before the campaign's filters, if these cut something."""
    units: int | None = None
    """SMS segments; 1 on other channels."""
    size: SmsSize | None = None
    """Of a text message."""
    plainer: PlainerText | None = None
    """Offered where plainer characters make a text message shorter."""
    not_before: datetime | None = None
    zone: str | None = None
    """The recipient's zone."""
    failure: PreviewedFailure | None = None


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A record and what it would get."""

    row_number: int
    person: str
    data: dict[str, str]
    """Stable field name to cell."""
    messages: tuple[PreviewedMessage, ...]


def previewed_row(source_id: UUID, row_number: int, outcomes: Iterable[Outcome]) -> PreviewedRow:
    """A row by its outcomes, one for each delivery method."""
    of_row = list(outcomes)
    return PreviewedRow(
        row_number=row_number,
        person=of_row[0].person,
        data=of_row[0].data,
        messages=tuple(
            _withheld(source_id, outcome) if isinstance(outcome, Failed) else _message(source_id, outcome)
            for outcome in of_row
        ),
    )


def plainer_text(text: str) -> PlainerText | None:
    """`text` in plainer characters, if that makes it shorter by a segment or more."""
    plainer = plain(text)
    size = measure(plainer)
    return PlainerText(plainer, size) if size.segments < measure(text).segments else None


def _withheld(source_id: UUID, outcome: Failed) -> PreviewedMessage:
    return PreviewedMessage(
        file_id=source_id,
        row_number=outcome.row_number,
        method=outcome.method,
        channel=outcome.channel,
        endpoint=outcome.endpoint,
        # only then is it known what the filters left: nothing
        before_filters=outcome.unfiltered if outcome.code == FilterError.TEXT_EMPTY else None,
        failure=PreviewedFailure(
            outcome.stage.value, outcome.code, words_for(outcome.code, outcome.facts), outcome.facts
        ),
    )


def _message(source_id: UUID, outcome: Staged) -> PreviewedMessage:
    texts = outcome.texts
    is_sms = outcome.channel is Channel.SMS
    return PreviewedMessage(
        file_id=source_id,
        row_number=outcome.row_number,
        method=outcome.method,
        channel=outcome.channel,
        endpoint=outcome.endpoint,
        language=outcome.language,
        subject=texts.subject or None,
        text=texts.text or None,
        html=texts.html or None,
        before_filters=outcome.unfiltered if _UNCUT(outcome.unfiltered) != texts else None,
        units=outcome.units,
        size=measure(texts.text) if is_sms else None,
        plainer=plainer_text(texts.text) if is_sms else None,
        not_before=outcome.opening.not_before,
        zone=outcome.zone,
    )
