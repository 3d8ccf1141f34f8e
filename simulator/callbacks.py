"""Requests to the application: queued, posted over a bounded pool, tried again by each provider's own rule.

Posting never holds up the API: `post` only puts into a queue. A failed try goes back into the queue after its wait.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

import aiohttp
from yarl import URL

from simulator.pace import Pace

log = logging.getLogger(__name__)

CONNECT, READ, CLIENT_ERROR, SERVER_ERROR = "ct", "rt", "4xx", "5xx"
"""Kinds of failure, under the names that Twilio's connection overrides give them."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """When to try again. Waits are seconds at speed 1: `first_wait`, then doubled each time up to `longest_wait`."""

    retries: int
    on: frozenset[str]
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    first_wait: float = 1.0
    longest_wait: float = 60.0

    def wait(self, tries: int) -> float:
        """Seconds to wait after so many tries."""
        return min(self.first_wait * 2.0 ** min(tries - 1, 30), self.longest_wait)


UNTIL_IT_WORKS = RetryRule(retries=1_000, on=frozenset((CONNECT, READ, CLIENT_ERROR, SERVER_ERROR)))
"""SendGrid's events and Meta's webhooks: anything but 2xx is tried again for a day or more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application said, or the kind of failure when it said nothing."""

    status: int = 0
    body: bytes = b""
    failure: str | None = None
    cookies: str = ""
    """What it set, in the form of a `Cookie` header."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One request to the application, signed and ready."""

    url: str
    body: bytes
    headers: dict[str, str]
    rule: RetryRule
    method: str = "POST"
    answered: Callable[[bytes], None] | None = field(default=None, compare=False)
    """Called with the body of a 2xx answer, for those who read it."""
    follow: bool = False
    """True to follow redirects, as a browser does."""
    tries: int = 0


class CallbackSender:
    """Takes callbacks at any rate and posts `connections` of them at a time. Counts into `counts`."""

    def __init__(self, connections: int, pace: Pace, counts: Callable[[], Counter[str]]) -> None:
        self._connections = connections
        self._pace = pace
        self._counts = counts
        self._queue: asyncio.Queue[Callback] = asyncio.Queue()
        self._delayed = 0
        self._in_flight = 0
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    async def run(self, _: object) -> AsyncIterator[None]:
        """The sender's life, in the form of aiohttp's `cleanup_ctx`."""
        # A server that closes idle connections can do so just as we write; a short keep-alive makes that rare.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=1.0)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._connections)]
        yield
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._session.close()

    @property
    def waiting(self) -> int:
        """Callbacks that are queued, held for another try or in flight."""
        return self._queue.qsize() + self._delayed + self._in_flight

    def post(self, callback: Callback, delays: Sequence[float] = (0.0,)) -> None:
        """Queues one copy of `callback` for each delay, in seconds at speed 1. No delay at all means it is lost."""
        for delay in delays:
            if delay:
                self._hold(callback, delay)
            else:
                self._queue.put_nowait(callback)

    async def ask(self, callback: Callback) -> Answer:
        """Makes the request at once, for those who need the answer, and tries again by its rule."""
        while True:
            callback = replace(callback, tries=callback.tries + 1)
            answer = await self._try(callback)
            if answer.failure not in callback.rule.on or callback.tries > callback.rule.retries:
                return answer
            wait = callback.rule.wait(callback.tries)
            await self._pace.sleep(wait, wait)

    def forget(self) -> None:
        """Drops what is queued. What is in flight ends as it will."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._delayed = 0

    def _hold(self, callback: Callback, seconds: float) -> None:
        self._delayed += 1
        self._pace.later(seconds, seconds, self._release, callback)

    def _release(self, callback: Callback) -> None:
        self._delayed -= 1
        self._queue.put_nowait(callback)

    async def _work(self) -> None:
        while True:
            callback = await self._queue.get()
            generation = self._pace.generation
            self._in_flight += 1
            try:
                await self._deliver(callback, generation)
            finally:
                self._in_flight -= 1

    async def _deliver(self, callback: Callback, generation: int) -> None:
        callback = replace(callback, tries=callback.tries + 1)
        answer = await self._try(callback)
        if generation != self._pace.generation:
            return
        if answer.failure is None:
            if callback.answered is not None:
                callback.answered(answer.body)
        elif answer.failure in callback.rule.on and callback.tries <= callback.rule.retries:
            self._counts()["retried"] += 1
            self._hold(callback, callback.rule.wait(callback.tries))
        else:
            self._counts()["given_up"] += 1

    async def _try(self, callback: Callback) -> Answer:
        answer = await self._request(callback)
        self._counts()["posted"] += 1
        self._counts()[answer.failure or "taken"] += 1
        return answer

    async def _request(self, callback: Callback) -> Answer:
        if self._session is None:
            raise RuntimeError("the carrier is not running")
        rule = callback.rule
        timeout = aiohttp.ClientTimeout(sock_connect=rule.connect_timeout, sock_read=rule.read_timeout)
        try:
            async with self._session.request(
                callback.method,
                URL(callback.url, encoded=True),
                data=callback.body if callback.method == "POST" else None,
                headers=callback.headers,
                timeout=timeout,
                allow_redirects=callback.follow,
            ) as response:
                body = await response.read()
        except aiohttp.SocketTimeoutError:
            return Answer(failure=READ)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # ConnectionTimeoutError is among these. So is a keep-alive connection closed under our hands: never read.
            log.debug("no connection to %s: %s", callback.url, error)
            return Answer(failure=CONNECT)
        if 200 <= response.status < 300:
            cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())
            return Answer(response.status, body, cookies=cookies)
        return Answer(response.status, body, CLIENT_ERROR if response.status < 500 else SERVER_ERROR)
