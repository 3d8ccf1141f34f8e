"""One carrier: its configuration, its books and its moving parts, as every request handler finds them."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine

from aiohttp import web

from simulator.books import Books
from simulator.callbacks import CallbackSender
from simulator.config import CarrierConfig
from simulator.entries import Mail, Text
from simulator.faults import Faults
from simulator.pace import Pace

log = logging.getLogger(__name__)


class Carrier:
    """Everything that the three providers share."""

    def __init__(self, config: CarrierConfig) -> None:
        self.config = config
        self.books = Books()
        self.faults = Faults()
        self.shares = config.shares
        self.dice = random.Random(config.seed)
        self.pace = Pace(config.speed, self.dice)
        self.callbacks = CallbackSender(config.callback_connections, self.pace, lambda: self.books.callbacks)
        self.tasks: set[asyncio.Task[None]] = set()
        """Calls and other things people are busy with."""
        self.text_readers: list[Callable[[Text], None]] = []
        """Called with every text that has been delivered."""
        self.mail_readers: list[Callable[[Mail], None]] = []
        """Called with every mail that has been delivered."""

    def reset(self) -> None:
        """Empties the books, drops whatever was still to happen and ends all faults. Numbers and webhooks stay."""
        self.pace.forget()
        for task in self.tasks:
            task.cancel()
        self.callbacks.forget()
        self.books.reset()
        self.faults = Faults()

    async def run(self, _: object) -> AsyncIterator[None]:
        """The carrier's life, in the form of aiohttp's `cleanup_ctx`: nobody is left talking when it ends."""
        yield
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def busy(self, doing: Coroutine[None, None, None]) -> None:
        """Does something that takes a while. A failure is a bug of the carrier and is logged as one."""
        task = asyncio.create_task(doing)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("the carrier stumbled", exc_info=error)

    def fate(self) -> list[float]:
        """How many seconds late each copy of one callback goes out. Empty when it is lost."""
        copies = self.faults.copies(self.dice)
        if copies != [0.0]:
            counts = self.books.callbacks
            counts["lost"] += not copies
            counts["reordered"] += bool(copies and copies[0])
            counts["doubled"] += len(copies) > 1
        return copies

    def fate_of_inbound(self) -> list[float]:
        """The same for what must not be lost: a person's own words."""
        second = self.faults.second_copy(self.dice)
        self.books.callbacks["doubled"] += len(second)
        return [0.0, *second]

    def app_id_of(self, names: dict[str, str]) -> str | None:
        """The application's own message id among callback parameters or custom args."""
        return next((names[name] for name in self.config.id_names if names.get(name)), None)


CARRIER: web.AppKey[Carrier] = web.AppKey("carrier", Carrier)
