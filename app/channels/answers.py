"""What an answer means whichever provider gives it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from app.channels.base import Outcome, Result
from app.channels.http import ProblemKind, Response, WireProblem
from app.delivery.errors import DeliverError
from app.models.base import Json

_LONGEST_WORDS = 500


class Reading(NamedTuple):
    """An answer that is not an acceptance, the same for every message of its request."""

    result: Result
    code: str
    facts: Json
    after: timedelta | None = None

    def of(self, message_ids: Iterable[UUID]) -> list[Outcome]:
        """The outcome of each message."""
        return [Outcome(id_, self.result, None, self.code, self.facts, self.after) for id_ in message_ids]


def no_answer(problem: WireProblem) -> Reading:
    """What it means that no answer came."""
    facts: Json = {"reason": problem.reason}
    if problem.kind is ProblemKind.NOT_SENT:
        return Reading(Result.RETRY, DeliverError.UNREACHABLE, facts)
    return Reading(Result.IN_DOUBT, DeliverError.NO_ANSWER, facts)


def by_status(response: Response) -> Reading | None:
    """What the status alone says: busy, out of order, not let in. None: ask what the body says.

    A 429 and a 503 come from the provider's door. Behind it, a 5xx can follow the acceptance.
    """
    facts: Json = {"http_status": response.status}
    if response.status in (429, 503):
        return Reading(Result.RETRY, DeliverError.PROVIDER_BUSY, facts, response.retry_after())
    if response.status >= 500:
        return Reading(Result.IN_DOUBT, DeliverError.NO_ANSWER, facts)
    if response.status in (401, 403):
        return Reading(Result.HOLD, DeliverError.CREDENTIALS_REFUSED, facts)
    return None


def quoted(words: object) -> str:
    """What a provider said, fit to be stored: a text without NULs, of bounded length."""
    return str(words).replace("\0", "")[:_LONGEST_WORDS]
