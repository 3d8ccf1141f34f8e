"""What goes wrong, how often, and for whom.

Set with `POST /_carrier/faults`, read with GET, all off with DELETE. Rates are shares of requests between 0 and 1.
A request can meet a fault before it is accepted (429, 5xx, a reset connection), so that nothing was sent, or after
(no answer, 5xx, a reset connection), so that it was. The caller cannot tell the two apart; the books can.

Magic numbers, so that one campaign can hold every kind of end. By the last four digits of the number:

====  ===================================================
0003  30003, undelivered: the handset is off
0004  30004, undelivered: the person blocked the sender
0005  30005, undelivered: the number is not in use
0006  30006, undelivered: a landline
0007  30007, undelivered: filtered by the network
0008  30008, undelivered: for no known reason
0009  30001, failed: the sender's queue is full
0010  21610, refused: the person has opted out
0011  21211, refused: not a number
0012  21408, refused: no permission for the region
0014  21614, refused: not a mobile number
====  ===================================================

Codes below 30000 refuse the request; the others come through the callback. A call to a number with a code fails.
`numbers` sets a code for one address and wins over `endings`.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

MAGIC_ENDINGS: Mapping[str, int] = {
    "0003": 30003,
    "0004": 30004,
    "0005": 30005,
    "0006": 30006,
    "0007": 30007,
    "0008": 30008,
    "0009": 30001,
    "0010": 21610,
    "0011": 21211,
    "0012": 21408,
    "0014": 21614,
}
PROVIDERS = ("twilio", "sendgrid", "meta")


@dataclass(frozen=True)
class Faults:
    """Everything that can be made to go wrong. The defaults let everything go well, but for the magic numbers."""

    too_many_requests: float = 0.0
    """429 (Meta: code 613). Nothing was accepted."""
    retry_after: int = 1
    """Seconds that a 429 asks to wait."""
    server_error: float = 0.0
    """503. Nothing was accepted."""
    reset: float = 0.0
    """The connection is reset before the request is looked at."""
    server_error_after_accept: float = 0.0
    """500, and yet it was accepted."""
    reset_after_accept: float = 0.0
    """The connection is reset, and yet it was accepted."""
    silence_after_accept: float = 0.0
    """It was accepted, and no answer comes for `silence_seconds`."""
    silence_seconds: float = 60.0
    latency_ms: float = 0.0
    """Added to every answer."""
    queue_seconds: float = 0.0
    """How long Twilio's own queue holds a text; past its ValidityPeriod it fails with 30036. Scaled by speed."""

    callback_lost: float = 0.0
    """Status callbacks and events that are never posted."""
    callback_doubled: float = 0.0
    """Status callbacks, events and inbound texts that are posted twice."""
    callback_reordered: float = 0.0
    """Status callbacks and events held back until later ones have gone."""

    numbers: dict[str, int] = field(default_factory=dict)
    """Error code by address."""
    endings: dict[str, int] = field(default_factory=lambda: dict(MAGIC_ENDINGS))
    """Error code by the address' last four characters."""
    providers: tuple[str, ...] = PROVIDERS
    """Whose requests meet the faults above."""

    def __post_init__(self) -> None:
        for name in RATES:
            if not _is_number(value := getattr(self, name)) or value > 1:
                raise ValueError(f"{name} is a rate: between 0 and 1")
        for name in ("retry_after", "silence_seconds", "latency_ms", "queue_seconds"):
            if not _is_number(getattr(self, name)):
                raise ValueError(f"{name} must be a number, 0 or more")
        for name in ("numbers", "endings"):
            codes = getattr(self, name)
            if not isinstance(codes, dict) or not all(isinstance(code, int) for code in codes.values()):
                raise ValueError(f"{name} gives a whole number, the error code, for each address")
        if unknown := set(self.providers) - set(PROVIDERS):
            raise ValueError(f"unknown providers: {', '.join(sorted(unknown))}")

    def changed(self, values: dict[str, Any]) -> "Faults":
        """These faults with some replaced. Raises ValueError for an unknown name or a wrong value."""
        if unknown := set(values) - {entry.name for entry in fields(self)}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if "providers" in values:
            values = {**values, "providers": tuple(values["providers"])}
        return replace(self, **values)

    def as_json(self) -> dict[str, Any]:
        """All settings by name."""
        return asdict(self)

    def troubles(self, provider: str) -> bool:
        """True when a request to `provider` can meet a fault at all."""
        return provider in self.providers and bool(
            self.latency_ms or any(getattr(self, name) for name in REQUEST_RATES)
        )

    def code_for(self, address: str) -> int | None:
        """The error code that `address` stands for, if any."""
        return self.numbers.get(address) or self.endings.get(address[-4:])

    def copies(self, dice: random.Random) -> list[float]:
        """The fate of one callback: how many seconds late each of its copies goes out. Empty: lost."""
        if dice.random() < self.callback_lost:
            return []
        late = dice.uniform(3.0, 8.0) if dice.random() < self.callback_reordered else 0.0
        return [late, *self.second_copy(dice)]

    def second_copy(self, dice: random.Random) -> list[float]:
        """How late the second copy of a doubled callback goes out, if there is one."""
        return [dice.uniform(0.0, 2.0)] if dice.random() < self.callback_doubled else []


RATES = (
    "too_many_requests",
    "server_error",
    "reset",
    "server_error_after_accept",
    "reset_after_accept",
    "silence_after_accept",
    "callback_lost",
    "callback_doubled",
    "callback_reordered",
)
REQUEST_RATES = RATES[:6]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
