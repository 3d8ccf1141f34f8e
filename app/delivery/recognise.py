"""Which of the messages that a provider has is the one whose answer we lost. Pure.

The provider does not know our id. It knows to whom, when and in which words; carriers may have exchanged curly quotes
and dashes for plain ones, or put words of their own in front.
"""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from app.channels.base import Sighting

CLOCK_SKEW = timedelta(seconds=30)
"""How far the provider's clock may be behind ours."""


def recognise(
    body: str, claimed_at: datetime, sightings: Iterable[Sighting], others: Collection[str]
) -> Sighting | None:
    """The sighting of a message with `body` that was claimed at `claimed_at`; None when it is not among them.

    `others` are the provider's ids that belong to other messages of ours.
    """
    # the provider shows whole seconds
    earliest = claimed_at.replace(microsecond=0) - CLOCK_SKEW
    said = _letters(body)
    for sighting in sorted(sightings, key=lambda seen: seen.created_at):
        if sighting.created_at < earliest or sighting.provider_id in others:
            continue
        if sighting.body == body or (said and _letters(sighting.body).endswith(said)):
            return sighting
    return None


def _letters(text: str) -> str:
    """Letters and digits alone, without accents and case."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())
