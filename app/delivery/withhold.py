"""What was claimed and yet must not go out: called off, too late, outside its window, opted out, without a sender."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app import suppressions, tenancy
from app.campaigns.definition import ContactWindow, Definition
from app.campaigns.finish import finish_if_done
from app.delivery.backoff import LONGEST_WAIT, MOST_ATTEMPTS
from app.delivery.called_off import called_off, free_keys
from app.delivery.claim import Claimed
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, Window, give_back
from app.delivery.senders import Senders
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import CampaignVersion, Company, MessageStatus, Run
from app.queueing.wall_clock import zone_of
from app.queueing.window import next_opening, quiet_hours_bind


def withhold(block: Sequence[Claimed], claim: UUID, senders: Senders, instant: datetime) -> list[Claimed]:
    """The messages of a claimed block, all of one channel, that may go out at `instant`. Commits.

    The others are settled: ended with a code, or given back for a time at which they may.
    """
    if not block:
        return []
    opted_out = suppressions.suppressed(block[0].channel, {message.endpoint for message in block})
    unwanted = called_off([message.id for message in block])
    windows = _Windows()
    settled: dict[UUID, Change | GiveBack] = {}
    for message in block:
        if message.id in unwanted:
            settled[message.id] = Change(message.id, MessageStatus.CANCELLED, instant)
        elif message.attempts > MOST_ATTEMPTS:
            code = message.error_code or DeliverError.ATTEMPTS_USED_UP
            facts = {"attempts": message.attempts - 1}
            settled[message.id] = Change(message.id, MessageStatus.FAILED, instant, error_code=code, facts=facts)
        elif message.expires_at is not None and message.expires_at <= instant:
            settled[message.id] = _ended(message, MessageStatus.EXPIRED, DeliverError.EXPIRED, instant)
        elif message.endpoint in opted_out:
            settled[message.id] = _ended(message, MessageStatus.FAILED, DeliverError.OPTED_OUT, instant)
        elif message.window_closes_at is not None and message.window_closes_at <= instant:
            settled[message.id] = windows.moved(message, claim, instant)
        elif senders.address(message.sender_id) is None:
            later = instant + LONGEST_WAIT
            settled[message.id] = GiveBack(message.id, claim, later, DeliverError.SENDER_MISSING)
    _settle(block, list(settled.values()), claim)
    return [message for message in block if message.id not in settled]


def _ended(message: Claimed, status: MessageStatus, code: DeliverError, instant: datetime) -> Change:
    return Change(message.id, status, instant, error_code=code)


def _settle(block: Sequence[Claimed], settled: Sequence[Change | GiveBack], claim: UUID) -> None:
    changes = [each for each in settled if isinstance(each, Change)]
    moved = advance(changes, claim=claim).moved
    free_keys(moved & {change.message_id for change in changes if change.status is MessageStatus.CANCELLED})
    # in the same transaction as the last end: no sweep looks for a run that nobody finished
    finish_if_done({message.run_id for message in block if message.id in moved})
    # in any case: a transaction left open here would stay open while the provider is waited for
    db.session.commit()
    give_back(each for each in settled if isinstance(each, GiveBack))
    db.session.commit()


class _Windows:
    """The contact windows of the runs at hand, each read once."""

    def __init__(self) -> None:
        self._of_run: dict[UUID, ContactWindow] = {}

    def moved(self, message: Claimed, claim: UUID, instant: datetime) -> Change | GiveBack:
        """Sends a message whose window has closed to the next opening, or ends it when that comes too late."""
        company = db.session.get_one(Company, tenancy.company_id())
        opening = next_opening(
            self._window(message.run_id),
            message.zone,
            instant,
            company.sandbox,
            company_zone=company.time_zone,
            quiet_hours=quiet_hours_bind(message.endpoint),
        )
        too_late = opening is None or (message.expires_at is not None and message.expires_at <= opening.not_before)
        if opening is None or too_late:
            return _ended(message, MessageStatus.EXPIRED, DeliverError.WINDOW_CLOSED, instant)
        day = opening.not_before.astimezone(zone_of(message.zone)).date()
        return GiveBack(message.id, claim, opening.not_before, tried=False, window=Window(day, opening.closes_at))

    def _window(self, run_id: UUID) -> ContactWindow:
        if run_id not in self._of_run:
            run = tenancy.get(Run, run_id)
            version = tenancy.get(CampaignVersion, run.campaign_id, run.version)
            self._of_run[run_id] = Definition.model_validate(version.definition).window
        return self._of_run[run_id]
