"""How many people do what. Shares are fractions of 1; what is left of the answers is silence."""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from simulator.ids import chance


class Intent(StrEnum):
    """What a person means, whatever words they find for it."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    STOP = "stop"
    UNCLEAR = "unclear"
    SILENCE = "silence"


ANSWERS = (Intent.CONFIRM, Intent.CANCEL, Intent.RESCHEDULE, Intent.STOP, Intent.UNCLEAR)


@dataclass(frozen=True)
class Shares:
    """Shares of people, each between 0 and 1. The five answers together make at most 1."""

    confirm: float = 0.55
    cancel: float = 0.08
    reschedule: float = 0.07
    stop: float = 0.02
    unclear: float = 0.05

    reads: float = 0.8
    """Of delivered WhatsApp and Meta messages, how many are opened."""
    opens: float = 0.4
    """Of delivered e-mails, how many are opened."""
    follows_links: float = 0.0
    """Of delivered e-mails that hold such a link, how many have it followed: by confirm, cancel and so on as above."""

    busy: float = 0.03
    no_answer: float = 0.1
    machine: float = 0.1
    """Of calls, how many are not picked up by a person."""

    reply_after: float = 2.0
    reply_within: float = 20.0
    """Seconds, at speed 1, between which an answer is typed."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} must be a number, 0 or more")
            if value > 1 and not name.startswith("reply_"):
                raise ValueError(f"{name} is a share: between 0 and 1")
        if sum(getattr(self, answer) for answer in ANSWERS) > 1 + 1e-9:
            raise ValueError("the shares of the five answers come to more than 1")
        if self.busy + self.no_answer + self.machine > 1 + 1e-9:
            raise ValueError("the shares of calls not picked up come to more than 1")

    def changed(self, values: dict[str, Any]) -> "Shares":
        """These shares with some replaced. Raises ValueError for an unknown name or a wrong value."""
        if unknown := set(values) - {field.name for field in fields(self)}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return replace(self, **values)

    def as_json(self) -> dict[str, float]:
        """All shares by name."""
        return asdict(self)

    def intent(self, seed: int, *occasion: str) -> Intent:
        """What this person does on this occasion: the same every time it is asked."""
        draw = chance(seed, "intent", *occasion)
        for answer in ANSWERS:
            draw -= getattr(self, answer)
            if draw < 0:
                return answer
        return Intent.SILENCE

    def happens(self, share: float, seed: int, *occasion: str) -> bool:
        """True for `share` of all occasions."""
        return chance(seed, *occasion) < share
