"""What was due when it was queued is looked at once more when it is claimed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import suppressions, tenancy
from app.campaigns.definition import ContactWindow, Definition
from app.clock import now
from app.delivery.claim import claim_block
from app.delivery.senders import Senders
from app.delivery.withhold import withhold
from app.extensions import db
from app.models import (
    Channel,
    DataSource,
    Disposition,
    Failure,
    Message,
    MessageStatus,
    RecordDisposition,
    Run,
    RunStatus,
    SuppressionSource,
    TallyKind,
    new_id,
)
from app.queueing.dedupe import dedupe_key
from tests import factories
from tests.delivery.conftest import MakeMessage, fresh, tallied

AFTER_CLOSING = datetime(2026, 11, 24, 21, 30, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


@pytest.fixture
def run(source: DataSource) -> Run:
    """A run whose campaign may write on weekdays from nine to eight."""
    window = ContactWindow(weekdays=frozenset({1, 2, 3, 4, 5}), opens=time(9), closes=time(20))
    return factories.run(factories.campaign(Definition(window=window), [source]))


def may_go(instant: datetime | None = None) -> list[Message]:
    claim = new_id()
    block = claim_block(Channel.SMS, claim, 100)
    ready = withhold(block, claim, Senders(Channel.SMS), instant or now())
    return [tenancy.get(Message, claimed.id) for claimed in ready]


def codes() -> list[str]:
    return list(db.session.scalars(tenancy.rows(Failure).with_only_columns(Failure.code)))


@pytest.mark.usefixtures("number")
def test_what_nothing_speaks_against_may_go(make_message: MakeMessage) -> None:
    message = make_message(window_closes_at=now() + timedelta(hours=1), expires_at=now() + timedelta(days=1))
    assert [each.id for each in may_go()] == [message.id]


@pytest.mark.usefixtures("number")
def test_what_would_come_too_late_expires(make_message: MakeMessage) -> None:
    message = make_message(expires_at=now() - timedelta(seconds=1))

    assert may_go() == []

    assert fresh(message).status is MessageStatus.EXPIRED
    assert codes() == ["expired"]
    assert tallied() == {(TallyKind.MESSAGE, "expired"): 1, (TallyKind.FAILURE, "expired"): 1}


@pytest.mark.usefixtures("number")
def test_a_stop_that_came_after_queueing_holds(make_message: MakeMessage) -> None:
    message, other = make_message(), make_message(row_number=3, endpoint="+12025550144")
    suppressions.suppress(Channel.SMS, message.endpoint, SuppressionSource.REPLY, "STOP")
    db.session.commit()

    assert [each.id for each in may_go()] == [other.id]

    assert (fresh(message).status, codes()) == (MessageStatus.FAILED, ["opted_out"])


@pytest.mark.usefixtures("number")
def test_after_its_window_a_message_waits_for_the_next_opening(make_message: MakeMessage) -> None:
    message = make_message(
        day=date(2026, 11, 24), window_closes_at=AFTER_CLOSING - timedelta(hours=1), zone="America/New_York"
    )

    assert may_go(AFTER_CLOSING) == []

    waiting = fresh(message)
    new_york = ZoneInfo("America/New_York")
    assert waiting.status is MessageStatus.QUEUED
    assert waiting.not_before == datetime(2026, 11, 25, 9, tzinfo=new_york)
    assert waiting.window_closes_at == datetime(2026, 11, 25, 20, tzinfo=new_york)
    assert (waiting.day, waiting.attempts) == (date(2026, 11, 25), 0)


@pytest.mark.usefixtures("number")
def test_a_message_that_moves_to_another_day_takes_the_key_of_that_day(make_message: MakeMessage) -> None:
    closed = {"window_closes_at": AFTER_CLOSING - timedelta(hours=1), "zone": "America/New_York"}
    old_key = new_id()
    moved = make_message(day=date(2026, 11, 24), dedupe_key=old_key, **closed)

    assert may_go(AFTER_CLOSING) == []

    expected = dedupe_key(
        moved.company_id,
        day=date(2026, 11, 25),
        person=moved.person,
        doctor=moved.doctor,
        channel=Channel.SMS,
        address=moved.endpoint,
    )
    assert fresh(moved).dedupe_key == expected


@pytest.mark.usefixtures("number")
def test_of_two_messages_that_move_to_one_day_the_second_is_a_repeat(make_message: MakeMessage) -> None:
    closed = {"window_closes_at": AFTER_CLOSING - timedelta(hours=1), "zone": "America/New_York"}
    first = make_message(day=date(2026, 11, 23), not_before=now() - timedelta(days=1), **closed)
    second = make_message(day=date(2026, 11, 24), **closed)

    assert may_go(AFTER_CLOSING) == []

    assert fresh(first).status is MessageStatus.QUEUED
    assert (fresh(second).status, codes()) == (MessageStatus.FAILED, ["repeated"])
    failure = db.session.scalar(tenancy.rows(Failure))
    assert failure is not None
    assert failure.facts == {"repeats": str(first.id)}


@pytest.mark.usefixtures("number")
def test_a_message_is_not_moved_onto_one_that_was_said_that_day(make_message: MakeMessage) -> None:
    closed = {"window_closes_at": AFTER_CLOSING - timedelta(hours=1), "zone": "America/New_York"}
    before = make_message(day=date(2026, 11, 24), **closed)
    may_go(AFTER_CLOSING)
    key = fresh(before).dedupe_key
    before.dedupe_key = None
    said = make_message(status=MessageStatus.SENT, dedupe_key=key)
    late = make_message(day=date(2026, 11, 24), **closed)

    assert may_go(AFTER_CLOSING) == []

    assert fresh(late).status is MessageStatus.FAILED
    assert db.session.scalars(tenancy.rows(Failure)).one().facts == {"repeats": str(said.id)}


@pytest.mark.usefixtures("number")
def test_a_message_whose_next_window_opens_too_late_expires(make_message: MakeMessage) -> None:
    message = make_message(
        window_closes_at=AFTER_CLOSING - timedelta(hours=1), expires_at=AFTER_CLOSING + timedelta(hours=9)
    )

    assert may_go(AFTER_CLOSING) == []

    assert (fresh(message).status, codes()) == (MessageStatus.EXPIRED, ["window_closed"])


def test_without_a_sender_messages_wait_for_one(make_message: MakeMessage) -> None:
    message = make_message()

    assert may_go() == []

    assert (fresh(message).status, message.error_code) == (MessageStatus.QUEUED, "sender_missing")
    assert message.not_before > now() + timedelta(minutes=4)


def test_the_wanted_sender_is_taken_and_else_the_first(make_message: MakeMessage) -> None:
    first = factories.sender(Channel.SMS, "+12025550100")
    second = factories.sender(Channel.SMS, "+12025550101")
    factories.sender(Channel.EMAIL, "desk@clinic.example")

    senders = Senders(Channel.SMS)

    assert senders.address(None) == first.address
    assert senders.address(second.id) == second.address
    assert senders.address(new_id()) is None


@pytest.mark.usefixtures("number")
def test_the_last_end_finishes_its_run_before_anything_else_can_go_wrong(
    make_message: MakeMessage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_message(expires_at=now() - timedelta(seconds=1))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.delivery.withhold.give_back", killed)
    with pytest.raises(KeyboardInterrupt):
        may_go()
    db.session.rollback()
    db.session.refresh(run)
    assert run.status is RunStatus.FINISHED


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(("decided_after", "goes"), [(timedelta(seconds=1), False), (timedelta(hours=-1), True)])
def test_what_the_person_decided_since_it_was_made_holds(
    make_message: MakeMessage, decided_after: timedelta, goes: bool
) -> None:
    message = make_message()
    answered = make_message(status=MessageStatus.SENT, endpoint="+12025550144")
    decided_at = message.created_at + decided_after
    db.session.add(
        RecordDisposition(
            company_id=message.company_id,
            data_source_id=message.data_source_id,
            row_number=message.row_number,
            campaign_id=message.campaign_id,
            run_id=message.run_id,
            message_id=answered.id,
            reply_id=new_id(),
            disposition=Disposition.CANCELLED,
            decided_at=decided_at,
            first_disposition=Disposition.CANCELLED,
            first_decided_at=decided_at,
        )
    )
    db.session.commit()
    assert [each.id for each in may_go()] == ([message.id] if goes else [])
    assert (fresh(message).status is MessageStatus.CANCELLED) is not goes
