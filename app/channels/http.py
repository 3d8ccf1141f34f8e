"""What a channel asks of the wire, and what comes back. Values only: how they travel is `app.delivery.wire`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple


class Credentials(NamedTuple):
    """A name and a secret for HTTP basic authentication."""

    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. What it says and who says it stay out of logs: only method and address are shown."""

    method: Literal["GET", "POST"]
    url: str
    body: bytes = field(default=b"", repr=False)
    """Of a POST."""
    headers: tuple[str, ...] = field(default=(), repr=False)
    """As lines, `Content-Type: application/json`."""
    credentials: Credentials | None = field(default=None, repr=False)
    tag: Any = field(default=None, repr=False)
    """The asker's own mark, to know the answer by."""


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered. Names of headers are in lower case; of a repeated header the last counts."""

    status: int
    headers: dict[str, str]
    body: bytes = field(default=b"", repr=False)


class ProblemKind(StrEnum):
    """Whether the other side can have acted on a request that got no answer."""

    NOT_SENT = "not_sent"
    """No: no byte of what it asks has left. It is safe to ask again."""
    AMBIGUOUS = "ambiguous"
    """It may have: the request went out, and then nothing, or not all, came back."""


@dataclass(frozen=True, slots=True)
class WireProblem:
    """No answer came. `reason` is libcurl's word for it, for logs and facts."""

    kind: ProblemKind
    reason: str


Answer = Response | WireProblem
