"""The states of a campaign, and what leads from one to another."""

from enum import StrEnum

from app.campaigns.errors import CampaignError, RefusedError
from app.models import Campaign, CampaignStatus


class Move(StrEnum):
    """What can happen to a campaign. Finishing is not here: `finish` does it when the last run ends."""

    REVISE = "revise"
    MAKE_READY = "make_ready"
    FIRE = "fire"
    REQUEUE = "requeue"
    PAUSE = "pause"
    RESUME = "resume"
    ARCHIVE = "archive"


_S = CampaignStatus

MOVES: dict[Move, tuple[frozenset[CampaignStatus], CampaignStatus]] = {
    Move.REVISE: (frozenset({_S.DRAFT, _S.READY, _S.ACTIVE, _S.PAUSED, _S.FINISHED}), _S.DRAFT),
    Move.MAKE_READY: (frozenset({_S.DRAFT}), _S.READY),
    Move.FIRE: (frozenset({_S.READY, _S.ACTIVE}), _S.ACTIVE),
    # what a finished campaign could not say is said by the version that was fired; only a new list is new work
    Move.REQUEUE: (frozenset({_S.READY, _S.ACTIVE, _S.FINISHED}), _S.ACTIVE),
    Move.PAUSE: (frozenset({_S.ACTIVE}), _S.PAUSED),
    Move.RESUME: (frozenset({_S.PAUSED}), _S.ACTIVE),
    Move.ARCHIVE: (frozenset({_S.DRAFT, _S.READY, _S.PAUSED, _S.FINISHED}), _S.ARCHIVED),
}
"""From which states each move may be made, and where it leads."""


def allows(campaign: Campaign, move: Move) -> bool:
    """True when the move may be made now."""
    return campaign.status in MOVES[move][0]


def require(campaign: Campaign, move: Move) -> None:
    """Raises `RefusedError` unless the move may be made now."""
    if not allows(campaign, move):
        raise RefusedError(CampaignError.WRONG_STATUS, status=campaign.status.value)


def make(campaign: Campaign, move: Move) -> None:
    """Makes the move. Raises `RefusedError`. The caller holds the campaign's row, and commits."""
    require(campaign, move)
    campaign.status = MOVES[move][1]
