"""A message whose contact window has closed goes out in the next one: on that day, and under that day's dedupe key."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app import tenancy
from app.campaigns.definition import Definition
from app.delivery.claim import Claimed
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, Window
from app.delivery.transitions import Change
from app.extensions import db
from app.models import CampaignVersion, Company, Message, MessageStatus, Run
from app.queueing.dedupe import KeyMaker
from app.queueing.wall_clock import zone_of
from app.queueing.window import next_opening, quiet_hours_bind


def move_on(closed: Sequence[Claimed], claim: UUID, instant: datetime) -> dict[UUID, Change | GiveBack]:
    """What is to become of messages of the bound company whose window had closed at `instant`.

    Each is given back for its next opening, or ended: with `window_closed` when that comes too late, with `repeated`
    when another message says the same on the day that it would move to. Reads, and writes nothing.
    """
    if not closed:
        return {}
    days = _Days(claim)
    settled: dict[UUID, Change | GiveBack] = {}
    for message in closed:
        window = days.next_window(message, instant)
        if window is None:
            settled[message.id] = _ended(message, MessageStatus.EXPIRED, DeliverError.WINDOW_CLOSED, instant)
        else:
            settled[message.id] = window
    for message_id, said_by in _repeats([each for each in settled.values() if isinstance(each, GiveBack)]).items():
        settled[message_id] = Change(
            message_id,
            MessageStatus.FAILED,
            instant,
            error_code=DeliverError.REPEATED,
            facts={"repeats": str(said_by)},
        )
    return settled


def _ended(message: Claimed, status: MessageStatus, code: DeliverError, instant: datetime) -> Change:
    return Change(message.id, status, instant, error_code=code)


class _Days:
    """The campaigns of the messages at hand, each read once."""

    def __init__(self, claim: UUID) -> None:
        self._claim = claim
        self._company = db.session.get_one(Company, tenancy.company_id())
        self._runs: dict[UUID, tuple[Run, Definition]] = {}

    def next_window(self, message: Claimed, instant: datetime) -> GiveBack | None:
        """The way back to the queue, for the next opening; None when that comes too late."""
        run, definition = self._run(message.run_id)
        opening = next_opening(
            definition.window,
            message.zone,
            instant,
            self._company.sandbox,
            company_zone=self._company.time_zone,
            quiet_hours=quiet_hours_bind(message.endpoint),
        )
        if opening is None or (message.expires_at is not None and message.expires_at <= opening.not_before):
            return None
        day = opening.not_before.astimezone(zone_of(message.zone)).date()
        keys = KeyMaker.of(
            definition.dedupe,
            company_id=run.company_id,
            campaign_id=run.campaign_id,
            company_zone=self._company.time_zone,
        )
        key = keys.key(
            day=day,
            person=message.person,
            doctor=message.doctor,
            channel=message.channel,
            address=message.endpoint,
            appointment_at=message.appointment_at,
        )
        window = Window(day, opening.closes_at, key)
        return GiveBack(message.id, self._claim, opening.not_before, tried=False, window=window)

    def _run(self, run_id: UUID) -> tuple[Run, Definition]:
        if run_id not in self._runs:
            run = tenancy.get(Run, run_id)
            version = tenancy.get(CampaignVersion, run.campaign_id, run.version)
            self._runs[run_id] = run, Definition.model_validate(version.definition)
        return self._runs[run_id]


def _repeats(moved: Iterable[GiveBack]) -> Mapping[UUID, UUID]:
    """Those of the messages that would repeat another one, and which: it has the key already, or moves there first."""
    keys = {each.message_id: each.window.dedupe_key for each in moved if each.window}
    taken = {
        key: message_id
        for message_id, key in db.session.execute(
            select(Message.id, Message.dedupe_key).where(
                Message.company_id == tenancy.company_id(),
                Message.dedupe_key == any_(literal(list(keys.values()), ARRAY(Uuid))),
            )
        )
    }
    repeats = {}
    for message_id, key in keys.items():
        said_by = taken.setdefault(key, message_id)
        if said_by != message_id:
            repeats[message_id] = said_by
    return repeats
