"""HTTP out, many requests at a time from one thread, on libcurl's multi interface.

A provider's send has no idempotency key, so nothing here ever repeats a request: no redirects, no retries. libcurl
itself repeats a POST when a kept connection closes before the first byte of an answer, although the server may have
acted on it; it cannot when the body comes from a read function that cannot be rewound, which is why bodies are given
to it that way. The read function also tells whether any of the body was ever asked for.
"""

import os
import select
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import pycurl

from app.channels.http import Answer, ProblemKind, Request, Response, WireProblem

Exchange = tuple[Request, Answer]

_CONNECT_SECONDS = 5.0
_IDLE_CONNECTION_SECONDS = 20
"""A connection idle for longer is not used again: servers close idle ones, and losing that race leaves a doubt."""
_LARGEST_RESPONSE = 16 * 1024 * 1024

_WAIT_FOR = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}
_READY = ((select.EPOLLIN, pycurl.CSELECT_IN), (select.EPOLLOUT, pycurl.CSELECT_OUT))


class Wire:
    """Up to `concurrency` requests in flight, over kept connections, each given up `timeout` seconds after its start.

    Not for several threads. Close it, or use it in a `with` block.
    """

    def __init__(self, concurrency: int, timeout: float) -> None:
        self._multi = pycurl.CurlMulti()
        self._epoll = select.epoll()
        self._alarm: float | None = None
        self._watched: set[int] = set()
        self._idle = [_Transfer(timeout) for _ in range(concurrency)]
        self._flying: dict[pycurl.Curl, _Transfer] = {}
        self._multi.setopt(pycurl.M_MAXCONNECTS, concurrency)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_alarm)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Breaks off what is in flight and closes the connections."""
        for curl in self._flying:
            self._multi.remove_handle(curl)
        self._flying.clear()
        self._multi.close()
        self._epoll.close()

    def exchange(self, requests: Iterable[Request]) -> Iterator[Exchange]:
        """Makes the requests and yields each with its answer, in the order in which answers come.

        Requests are taken from the iterable only when there is room for one more in flight.
        """
        for answered in self.batches(requests, most=1, within=0):
            yield from answered

    def batches(self, requests: Iterable[Request], most: int, within: float) -> Iterator[list[Exchange]]:
        """As `exchange`, but hands over answers together: as soon as there are `most`, or after `within` seconds.

        Nothing moves on the wire while the caller works on a batch; what comes in meanwhile waits in the kernel.
        """
        source = iter(requests)
        answered: list[Exchange] = []
        due = 0.0
        while True:
            self._start(source)
            if not self._flying:
                break
            fresh = self._turn(due - time.monotonic() if answered else None)
            if fresh and not answered:
                due = time.monotonic() + within
            answered += fresh
            if answered and (len(answered) >= most or time.monotonic() >= due):
                yield answered
                answered = []
        if answered:
            yield answered

    def _start(self, source: Iterator[Request]) -> None:
        while self._idle and (request := next(source, None)) is not None:
            transfer = self._idle.pop()
            transfer.load(request)
            self._flying[transfer.curl] = transfer
            self._multi.add_handle(transfer.curl)

    def _turn(self, patience: float | None) -> list[Exchange]:
        """Waits until a socket is ready, libcurl's own alarm rings or `patience` seconds are over; then moves on."""
        for socket, events in self._epoll.poll(self._wait(patience)):
            ready = sum(meaning for event, meaning in _READY if events & event)
            self._multi.socket_action(socket, ready or pycurl.CSELECT_ERR)
        if self._alarm is not None and time.monotonic() >= self._alarm:
            self._alarm = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return self._landed()

    def _wait(self, patience: float | None) -> float | None:
        alarm = None if self._alarm is None else self._alarm - time.monotonic()
        limits = [limit for limit in (patience, alarm) if limit is not None]
        return max(0.0, min(limits)) if limits else None

    def _landed(self) -> list[Exchange]:
        landed = []
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            ended = [(curl, None) for curl in good] + [(curl, code) for curl, code, _words in bad]
            for curl, code in ended:
                self._multi.remove_handle(curl)
                transfer = self._flying.pop(curl)
                landed.append(transfer.unload(code))
                self._idle.append(transfer)
        return landed

    def _watch(self, action: int, socket: int, _multi: object, _data: object) -> None:
        if action == pycurl.POLL_REMOVE:
            self._epoll.unregister(socket)
            self._watched.discard(socket)
        elif socket in self._watched:
            self._epoll.modify(socket, _WAIT_FOR[action])
        else:
            self._epoll.register(socket, _WAIT_FOR[action])
            self._watched.add(socket)

    def _set_alarm(self, milliseconds: int) -> None:
        self._alarm = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


class _Transfer:
    """One reusable libcurl handle and what it carries at present."""

    def __init__(self, timeout: float) -> None:
        self.curl = pycurl.Curl()
        self._request: Request | None = None
        self._read_to = 0
        self._head: list[bytes] = []
        self._body: list[bytes] = []
        for option, value in (
            (pycurl.NOSIGNAL, 1),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.FOLLOWLOCATION, 0),
            # one request a connection at a time: a connection that breaks leaves one message in doubt, not a hundred
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.CONNECTTIMEOUT_MS, int(min(timeout, _CONNECT_SECONDS) * 1000)),
            (pycurl.TIMEOUT_MS, int(timeout * 1000)),
            (pycurl.NOPROXY, _without_proxy()),
            (pycurl.MAXAGE_CONN, _IDLE_CONNECTION_SECONDS),
            (pycurl.MAXFILESIZE_LARGE, _LARGEST_RESPONSE),
            (pycurl.READFUNCTION, self._read),
            (pycurl.HEADERFUNCTION, self._take_head),
            (pycurl.WRITEFUNCTION, self._take_body),
        ):
            self.curl.setopt(option, value)

    def load(self, request: Request) -> None:
        """Makes the handle ready for a request."""
        self._request = request
        self._read_to = 0
        self._head = []
        self._body = []
        self.curl.setopt(pycurl.URL, request.url)
        # "Expect:" keeps libcurl from asking for a go-ahead before a large body, which not every server gives
        self.curl.setopt(pycurl.HTTPHEADER, [*request.headers, "Expect:"])
        if request.method == "POST":
            self.curl.setopt(pycurl.POST, 1)
            self.curl.setopt(pycurl.POSTFIELDSIZE_LARGE, len(request.body))
        else:
            self.curl.setopt(pycurl.HTTPGET, 1)
        if request.credentials is None:
            self.curl.unsetopt(pycurl.USERNAME)
            self.curl.unsetopt(pycurl.PASSWORD)
        else:
            self.curl.setopt(pycurl.USERNAME, request.credentials.name)
            self.curl.setopt(pycurl.PASSWORD, request.credentials.secret)

    def unload(self, error: int | None) -> Exchange:
        """The request that ended, with its answer; `error` is libcurl's code, None when a whole answer came."""
        request = self._request
        if request is None:
            raise RuntimeError("nothing was loaded")
        self._request = None
        if error is None:
            status = self.curl.getinfo(pycurl.RESPONSE_CODE)
            return request, Response(status, _headers(self._head), b"".join(self._body))
        return request, WireProblem(self._kind(request), _REASONS.get(error, f"curl {error}"))

    def _kind(self, request: Request) -> ProblemKind:
        asked = self._read_to > 0 if request.body else self.curl.getinfo(pycurl.REQUEST_SIZE) > 0
        return ProblemKind.AMBIGUOUS if asked else ProblemKind.NOT_SENT

    def _read(self, size: int) -> bytes:
        body = self._request.body if self._request else b""
        piece = body[self._read_to : self._read_to + size]
        self._read_to += len(piece)
        return piece

    def _take_head(self, line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            self._head = []
        self._head.append(line)

    def _take_body(self, piece: bytes) -> None:
        self._body.append(piece)


def _headers(lines: Iterable[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _without_proxy() -> str:
    """The hosts that no proxy is used for: those of the environment, and this machine."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return ",".join(filter(None, (named, "localhost", "127.0.0.1", "::1")))


_REASONS: dict[int, str] = {
    code: name.removeprefix("E_").lower()
    for name, code in sorted(vars(pycurl).items())
    if name.startswith("E_") and not name.startswith("E_MULTI")
}
