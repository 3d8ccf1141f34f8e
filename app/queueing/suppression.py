"""Withholding messages from people who must not be contacted where the message would go."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from app.models import Channel, FailureStage
from app.queueing.errors import Facts, SuppressError
from app.queueing.outcome import Failed, Outcome, Staged, failed


def addresses_by_channel(outcomes: Iterable[Outcome]) -> dict[Channel, set[str]]:
    """The addresses that have to be looked up among the suppressions."""
    addresses: dict[Channel, set[str]] = {}
    for outcome in outcomes:
        if _came_so_far(outcome):
            addresses.setdefault(outcome.channel, set()).add(outcome.endpoint)
    return addresses


def withhold(outcomes: Iterable[Outcome], suppressed: Mapping[Channel, Collection[str]]) -> list[Outcome]:
    """The outcomes, with a failure in place of each that would have gone to a suppressed address."""
    return [
        _withheld(outcome)
        if _came_so_far(outcome) and outcome.endpoint in suppressed.get(outcome.channel, ())
        else outcome
        for outcome in outcomes
    ]


def _came_so_far(outcome: Outcome) -> bool:
    # in the order of the line suppression comes before the window: an opt-out is the reason that counts
    return isinstance(outcome, Staged) or outcome.stage is FailureStage.WINDOW


def _withheld(outcome: Outcome) -> Failed:
    facts: Facts = {"value": outcome.endpoint}
    if isinstance(outcome, Staged):
        return failed(outcome, FailureStage.SUPPRESS, SuppressError.SUPPRESSED.value, facts)
    return replace(outcome, stage=FailureStage.SUPPRESS, code=SuppressError.SUPPRESSED.value, facts=facts)
