from datetime import date, timedelta

import pytest

from app import tallies
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db
from app.models import Channel, Company, MessageStatus, Run, TallyKind, new_id
from app.reporting.waiting import next_opening, waiting_by_day
from app.tallies import TallyKey
from tests import factories

MONDAY = date(2026, 3, 2)


@pytest.fixture
def run(company: Company) -> Run:
    return factories.run(factories.campaign(Definition()))


def tally(run: Run, day: date, code: str, n: int) -> None:
    tallies.add({TallyKey(run.id, run.campaign_id, "sms", Channel.SMS, day, TallyKind.MESSAGE, "", code): n})
    db.session.commit()


def test_queued_messages_are_counted_by_the_day_on_which_they_go_out(run: Run) -> None:
    tally(run, MONDAY + timedelta(days=1), "queued", 7)
    tally(run, MONDAY, "queued", 5)
    tally(run, MONDAY, "sent", 3)

    assert list(waiting_by_day(run.id).items()) == [(MONDAY, 5), (MONDAY + timedelta(days=1), 7)]


def test_a_day_whose_messages_have_all_gone_is_not_waited_for(run: Run) -> None:
    tally(run, MONDAY, "queued", 5)
    tally(run, MONDAY, "queued", -5)

    assert waiting_by_day(run.id) == {}


def test_the_next_opening_is_that_of_the_runs_earliest_message_whose_hour_has_not_come(run: Run) -> None:
    hour = timedelta(hours=1)
    instant = now()
    other = factories.run(factories.campaign(Definition()))
    factories.message(run, new_id(), not_before=instant - hour)
    factories.message(run, new_id(), not_before=instant + 3 * hour, channel=Channel.EMAIL)
    factories.message(run, new_id(), not_before=instant + 4 * hour)
    factories.message(run, new_id(), not_before=instant + hour, status=MessageStatus.CANCELLED)
    factories.message(other, new_id(), not_before=instant + 2 * hour)

    assert next_opening(run.id, [Channel.SMS, Channel.EMAIL]) == instant + 3 * hour
    assert next_opening(run.id, [Channel.SMS]) == instant + 4 * hour


def test_there_is_no_next_opening_when_nothing_waits_for_its_hour(run: Run) -> None:
    factories.message(run, new_id(), not_before=now() - timedelta(hours=1))

    assert next_opening(run.id, [Channel.SMS]) is None
