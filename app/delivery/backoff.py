"""How long to wait before another attempt, and when to stop trying. Pure."""

import random
from datetime import timedelta

MOST_ATTEMPTS = 24
"""With the waits below: about an hour and a half of a provider's outage."""
LONGEST_WAIT = timedelta(minutes=5)

_FIRST_WAIT = timedelta(seconds=1)


def wait_after(attempts: int, least: timedelta | None, dice: random.Random) -> timedelta:
    """How long to wait after the `attempts`th try, and never less than `least`, which the provider may ask for.

    Doubles from a second to five minutes, and up to a fifth longer, so that what failed together does not come back
    together.
    """
    doubled = min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    return timedelta(seconds=max(doubled, least or timedelta()).total_seconds() * dice.uniform(1.0, 1.2))
