"""The carrier's clock: delays that are random, scaled, and forgotten when the books are reset."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVarTuple

Args = TypeVarTuple("Args")


class Pace:
    """Runs things later, on the running event loop. Delays are given in seconds of real life."""

    def __init__(self, speed: float, dice: random.Random) -> None:
        self.speed = speed
        self.generation = 0
        self._dice = dice

    def later(self, low: float, high: float, action: Callable[[*Args], object], *args: *Args) -> None:
        """Calls `action(*args)` between `low` and `high` seconds from now, unless the books are reset before."""
        delay = self._dice.uniform(low, high) / self.speed
        asyncio.get_running_loop().call_later(delay, self._run, self.generation, action, args)

    async def sleep(self, low: float, high: float) -> None:
        """Waits between `low` and `high` seconds."""
        await asyncio.sleep(self._dice.uniform(low, high) / self.speed)

    def forget(self) -> None:
        """Nothing that was put off until now will happen."""
        self.generation += 1

    def _run(self, generation: int, action: Callable[..., object], args: tuple[Any, ...]) -> None:
        if generation == self.generation:
            action(*args)
