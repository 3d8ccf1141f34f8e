"""Why a callback was not taken: a code, its words, its HTTP status, and a count of each."""

from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, request
from prometheus_client import Counter
from werkzeug.exceptions import RequestEntityTooLarge


class Refusal(StrEnum):
    """What was wrong with a callback."""

    UNSIGNED = "unsigned"
    STALE = "stale"
    MALFORMED = "malformed"
    UNKNOWN_COMPANY = "unknown_company"
    OTHER_COMPANY = "other_company"
    NOT_OURS = "not_ours"
    TOO_LARGE = "too_large"


WORDS = {
    Refusal.UNSIGNED: "The signature is missing or does not fit the request.",
    Refusal.STALE: "The signed time is too far from the present.",
    Refusal.MALFORMED: "The request does not hold what it has to.",
    Refusal.UNKNOWN_COMPANY: "There is no such company.",
    Refusal.OTHER_COMPANY: "The event belongs to another company than the address names.",
    Refusal.NOT_OURS: "The event is about a mail that we did not send.",
    Refusal.TOO_LARGE: "The request is larger than any callback.",
}
STATUS = {
    Refusal.UNSIGNED: 403,
    Refusal.STALE: 403,
    Refusal.MALFORMED: 400,
    Refusal.UNKNOWN_COMPANY: 403,
    Refusal.OTHER_COMPANY: 403,
    Refusal.NOT_OURS: 403,
    Refusal.TOO_LARGE: 413,
}

REFUSED = Counter(
    "carillon_callbacks_refused", "Callbacks, or events of a batch, that were refused", ["provider", "reason"]
)
STORED = Counter("carillon_callbacks_stored", "Events stored in the inbox, repeats left out", ["provider"])


class RefusedError(Exception):
    """A callback, or one event of a batch, is not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(WORDS[refusal])
        self.refusal = refusal


def count(provider: str, problem: RefusedError) -> None:
    """Counts a refusal. Of what is refused, this count is all that is kept."""
    REFUSED.labels(provider, problem.refusal.value).inc()


def answer(problem: RefusedError) -> Response:
    """What the provider is told: the refusal's words as plain text."""
    return Response(f"{problem}\n", STATUS[problem.refusal], mimetype="text/plain")


def handle(blueprint: Blueprint, provider: str, *, most_bytes: int) -> None:
    """Counts and answers every refusal inside `blueprint`, and refuses bodies of more than `most_bytes` unread."""

    def limit(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        # before any hook of the application that might read the body
        request.max_content_length = most_bytes

    def refused(problem: RefusedError) -> Response:
        count(provider, problem)
        return answer(problem)

    def too_large(_problem: RequestEntityTooLarge) -> Response:
        return refused(RefusedError(Refusal.TOO_LARGE))

    blueprint.url_value_preprocessor(limit)
    blueprint.register_error_handler(RefusedError, refused)
    blueprint.register_error_handler(RequestEntityTooLarge, too_large)
