"""What a channel asks of the wire, and what comes back. Values only: how they travel is `app.delivery.wire`."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

_LONGEST_WAIT = timedelta(hours=1)


class Credentials(NamedTuple):
    """A name and a secret for HTTP basic authentication."""

    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. What it says and who says it stay out of logs: only method and address are shown."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
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
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is something else, as a proxy's error page is."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def retry_after(self) -> timedelta | None:
        """How long `Retry-After` asks to wait, an hour at most; None when it does not say it in seconds."""
        said = self.headers.get("retry-after", "")
        return min(timedelta(seconds=int(said)), _LONGEST_WAIT) if said.isascii() and said.isdigit() else None


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
