"""A turn: how long a job may work before others get theirs. It ends early when its process is told to stop.

Whoever works in steps asks between two of them, and so ends with everything written down and the rest given back.
"""

from datetime import datetime

from app.clock import now


class _Process:
    is_told_to_stop = False


def end_early() -> None:
    """Ends the turns of this process, the present one and those to come. Safe in a signal's handler."""
    _Process.is_told_to_stop = True


def is_over(deadline: datetime) -> bool:
    """True once a turn that lasts until `deadline` has ended."""
    return _Process.is_told_to_stop or now() >= deadline
