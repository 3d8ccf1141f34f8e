"""Sending, for one slice of time: claim what is due, ask the providers, write down what they say.

Blocks follow each other on one wire without a pause between them, and the channels take turns. No transaction is open
while a provider is waited for. A request is started only while its message's lease still covers the longest wait for
an answer and its recording; so when a lease has run out, nobody is sending that message any more.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app import tenancy, turns
from app.channels.base import CannotSendError, ChannelDriver, Outcome, Outgoing, Result
from app.channels.http import Request
from app.channels.registry import ASKED, DRIVERS
from app.clock import now
from app.delivery.claim import Claimed, claim_block, note_request
from app.delivery.due import is_due
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, give_back
from app.delivery.record import record
from app.delivery.senders import Senders
from app.delivery.wire import Exchange, Wire
from app.delivery.withhold import withhold
from app.extensions import db, settings
from app.models import Company, new_id

log = structlog.get_logger()

_RECORD_AT_MOST = 1_000
_RECORD_WITHIN_SECONDS = 0.5
_TO_WRITE_DOWN = timedelta(seconds=2)
"""What a lease must leave, after the longest wait for an answer, for writing the answer down."""


def send_slice(deadline: datetime) -> bool:
    """Sends what is due for the bound company; starts no request after `deadline`, and waits for those in flight.

    Commits as it goes. Returns True when more is due already.
    """
    known = settings()
    sending = _Slice(deadline)
    with Wire(known.send_concurrency, known.send_timeout_seconds) as wire:
        for answered in wire.batches(sending.requests(), _RECORD_AT_MOST, _RECORD_WITHIN_SECONDS):
            sending.record(answered)
    return is_due()


class _Slice:
    """One claim, what it holds, and how long it may go on."""

    def __init__(self, deadline: datetime) -> None:
        self._claim = new_id()
        self._deadline = deadline
        self._longest_wait = timedelta(seconds=settings().send_timeout_seconds) + _TO_WRITE_DOWN
        self._company_name = db.session.get_one(Company, tenancy.company_id()).name
        self._senders = {channel: Senders(channel) for channel in DRIVERS}
        self._held: dict[UUID, Claimed] = {}
        db.session.commit()

    def requests(self) -> Iterator[Request]:
        """Requests for what is due, claimed block by block as they are asked for."""
        channels = deque(DRIVERS)
        while channels and not turns.is_over(self._deadline):
            channel = channels.popleft()
            block = claim_block(channel, self._claim, settings().send_block)
            if block:
                channels.append(channel)
                ready = withhold(block, self._claim, self._senders[channel], now())
                yield from self._start(DRIVERS[channel], ready)

    def record(self, answered: Sequence[Exchange]) -> None:
        """Writes down a batch of answers."""
        outcomes = [outcome for exchange in answered for outcome in self._understood(exchange)]
        for first in range(0, len(outcomes), _RECORD_AT_MOST):
            self._write(outcomes[first : first + _RECORD_AT_MOST])

    def _start(self, driver: ChannelDriver, ready: Sequence[Claimed]) -> Iterator[Request]:
        self._held.update((message.id, message) for message in ready)
        requests = self._made(driver, [self._outgoing(message) for message in ready])
        for place, request in enumerate(requests):
            first = self._held[request.tag[0]]
            if turns.is_over(min(self._deadline, first.lease_until - self._longest_wait)):
                self._give_back([message_id for rest in requests[place:] for message_id in rest.tag])
                return
            if first.channel not in ASKED:
                note_request(request.tag, self._claim)
            yield request

    def _made(self, driver: ChannelDriver, batch: Sequence[Outgoing]) -> list[Request]:
        """Requests for a batch. A message that none can be made of is found by halves, and fails alone."""
        try:
            return list(driver.requests(batch))
        except Exception as problem:
            if len(batch) > 1:
                middle = len(batch) // 2
                return self._made(driver, batch[:middle]) + self._made(driver, batch[middle:])
            if isinstance(problem, CannotSendError):
                code = problem.code
            else:
                code = DeliverError.REQUEST_IMPOSSIBLE
                log.exception("request_impossible", message_id=str(batch[0].message_id))
            self._write([Outcome(batch[0].message_id, Result.REFUSED, code=code)])
            return []

    def _understood(self, exchange: Exchange) -> list[Outcome]:
        request, answer = exchange
        driver = DRIVERS[self._held[request.tag[0]].channel]
        try:
            return driver.outcomes(request, answer)
        except Exception:
            # it was asked, and may have been accepted: all that we know is that we do not know
            log.exception("answer_not_understood", message_ids=[str(message_id) for message_id in request.tag])
            return [Outcome(message_id, Result.IN_DOUBT, code=DeliverError.NO_ANSWER) for message_id in request.tag]

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        record(outcomes, self._held, self._claim)
        for outcome in outcomes:
            del self._held[outcome.message_id]

    def _give_back(self, message_ids: Sequence[UUID]) -> None:
        give_back(
            GiveBack(each.id, self._claim, each.not_before, each.error_code, tried=False)
            for each in (self._held.pop(message_id) for message_id in message_ids)
        )
        db.session.commit()

    def _outgoing(self, message: Claimed) -> Outgoing:
        ends = [instant for instant in (message.window_closes_at, message.expires_at) if instant is not None]
        return Outgoing(
            message_id=message.id,
            company_id=tenancy.company_id(),
            sender=self._senders[message.channel].address(message.sender_id) or "",
            sender_name=self._company_name,
            endpoint=message.endpoint,
            subject=message.subject,
            body=message.body,
            html=message.html,
            useful_until=min(ends, default=None),
            last_error=message.error_code,
        )
