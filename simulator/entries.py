"""What the carrier has accepted: texts, calls and mails."""

import time
from dataclasses import dataclass, field
from typing import Any

NOT_REACHED = frozenset({"failed", "undelivered", "canceled", "busy", "no-answer", "bounce", "dropped"})
"""Ends at which the person got nothing, so that sending again is not sending twice."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing that was accepted, once. Times are Unix seconds."""

    sid: str
    channel: str
    to: str
    sender: str
    status: str
    app_id: str | None = None
    """The message id that the application put into the callback URL or the custom args."""
    error_code: int | None = None
    created: float = field(default_factory=time.time)
    updated: float = 0.0
    history: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.updated = self.created
        self.history.append((self.created, self.status))

    def becomes(self, status: str, error_code: int | None = None) -> None:
        """Moves to `status`, now."""
        self.status, self.updated = status, time.time()
        if error_code is not None:
            self.error_code = error_code
        self.history.append((self.updated, status))

    @property
    def reached(self) -> bool:
        """False when it is known that the person got nothing."""
        return self.status not in NOT_REACHED


@dataclass(slots=True, kw_only=True)
class Text(Entry):
    """A text in either direction, over Twilio or Meta."""

    body: str
    direction: str
    """`outbound-api`, `outbound-reply` or `inbound`, from the application's side."""
    provider: str = "twilio"
    service_sid: str | None = None
    status_callback: str = ""
    num_segments: int = 1
    media: tuple[str, ...] = ()
    template: bool = False
    """Sent with a ContentSid, which is allowed outside a channel's 24 hours."""
    validity: int = 36000
    sent: float | None = None

    @property
    def person(self) -> str:
        """The address that is not ours."""
        return self.sender if self.direction == "inbound" else self.to

    @property
    def ours(self) -> str:
        """The sender that the application owns."""
        return self.to if self.direction == "inbound" else self.sender


@dataclass(slots=True, kw_only=True)
class Call(Entry):
    """An outbound call and what was said and pressed in it."""

    form: dict[str, list[str]]
    """The request's parameters, as they came."""
    heard: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    answered_by: str | None = None
    sequence: int = 0
    started: float | None = None
    ended: float | None = None

    def asked(self, name: str) -> str:
        """The request's parameter `name`, or an empty string."""
        return self.form.get(name, [""])[0]


@dataclass(slots=True, kw_only=True)
class Letter:
    """What all the mails of one request have in common."""

    message_id: str
    subject: str
    text: str
    html: str
    categories: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Mail(Entry):
    """One personalization: what one person got. Rendered when somebody looks, since a request has up to 1,000."""

    letter: Letter
    name: str
    own_subject: str | None
    substitutions: dict[str, str]
    custom_args: dict[str, str]
    headers: dict[str, str]
    template: str = ""
    """What stands for the content when a dynamic template makes it: the template's id and its data."""

    @property
    def subject(self) -> str:
        """The subject line as it is read."""
        return self._fill(self.letter.subject if self.own_subject is None else self.own_subject)

    @property
    def text(self) -> str:
        """The text part as it is read."""
        return self._fill(self.letter.text or self.template)

    @property
    def html(self) -> str:
        """The HTML part as it is read."""
        return self._fill(self.letter.html)

    def _fill(self, template: str) -> str:
        for key, value in self.substitutions.items():
            template = template.replace(key, value)
        return template


@dataclass(slots=True, kw_only=True)
class EventWebhook:
    """One of SendGrid's event webhooks, and the events that wait to be posted to it together."""

    sid: str
    settings: dict[str, Any]
    """Keys as in the resource: `url`, `enabled`, `friendly_name` and one flag for each kind of event."""
    signed: bool = False
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    pending: list[dict[str, Any]] = field(default_factory=list)
    flush_due: bool = False


@dataclass(slots=True, kw_only=True)
class Number:
    """An IncomingPhoneNumber: a number that the account has bought, and where its inbound texts go."""

    sid: str
    phone_number: str
    settings: dict[str, str]
    """Keys as in the resource: `friendly_name`, `sms_url`, `sms_method`, `voice_url`, `status_callback`."""
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass(slots=True, kw_only=True)
class MessagingService:
    """A Messaging Service: a pool of numbers with one inbound webhook."""

    sid: str
    settings: dict[str, Any]
    numbers: list[Number] = field(default_factory=list)
    created: float = field(default_factory=time.time)

    @property
    def inbound_url(self) -> str:
        """Where inbound texts to any of its numbers go, or empty for each number's own webhook."""
        if self.settings["use_inbound_webhook_on_number"]:
            return ""
        return str(self.settings["inbound_request_url"] or "")
