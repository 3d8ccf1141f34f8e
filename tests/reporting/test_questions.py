from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import tallies, tenancy
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import (
    Channel,
    Company,
    Disposition,
    FailureStage,
    MessageStatus,
    Run,
    TallyKind,
)
from app.reporting.questions import Counts, Reason, counts_of_runs, report, run_counts
from app.tallies import TallyKey
from tests import factories

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def run(company: Company) -> Run:
    return factories.run(factories.campaign(Definition()))


Count = Callable[..., None]


@pytest.fixture
def count(run: Run) -> Count:
    def add(kind: TallyKind, code: str, n: int, **changes: Any) -> None:
        values: dict[str, Any] = {
            "run_id": run.id,
            "campaign_id": run.campaign_id,
            "method": "sms",
            "channel": Channel.SMS,
            "day": MONDAY,
            "stage": "",
        }
        tallies.add({TallyKey(**(values | changes), kind=kind, code=code): n})
        db.session.commit()

    return add


def test_messages_count_as_sent_and_delivered_whatever_they_have_become_since(count: Count) -> None:
    for status, n in (("queued", 1), ("sent", 2), ("delivered", 4), ("read", 8), ("undelivered", 16), ("failed", 32)):
        count(TallyKind.MESSAGE, status, n)

    total = report(MONDAY, MONDAY).total

    assert total.queued == 63
    assert total.sent == 2 + 4 + 8 + 16
    assert total.delivered == 4 + 8
    assert total.open == 1 + 2


def test_failures_are_told_apart_by_reason_with_the_most_frequent_first(count: Count) -> None:
    count(TallyKind.FAILURE, "phone_invalid", 3, stage="validate")
    count(TallyKind.FAILURE, "duplicate", 5, stage="deduplicate")
    count(TallyKind.FAILURE, "phone_invalid", 4, stage="validate", day=TUESDAY)
    count(TallyKind.FAILURE, "unreachable", 1, stage="deliver")

    total = report(MONDAY, TUESDAY).total

    assert list(total.failures.items()) == [
        (Reason(FailureStage.VALIDATE, "phone_invalid"), 7),
        (Reason(FailureStage.DEDUPLICATE, "duplicate"), 5),
        (Reason(FailureStage.DELIVER, "unreachable"), 1),
    ]
    assert total.failed == 13
    assert total.not_queued == 12


def test_every_day_asked_for_has_its_line_and_the_lines_add_up(count: Count) -> None:
    count(TallyKind.MESSAGE, "delivered", 2)
    count(TallyKind.MESSAGE, "delivered", 3, day=TUESDAY + timedelta(days=1))
    count(TallyKind.MESSAGE, "delivered", 99, day=TUESDAY + timedelta(days=2))

    answer = report(MONDAY, TUESDAY + timedelta(days=1))

    assert [(day.day, day.counts.delivered) for day in answer.days] == [
        (MONDAY, 2),
        (TUESDAY, 0),
        (TUESDAY + timedelta(days=1), 3),
    ]
    assert answer.total.delivered == 5


def test_decisions_are_counted_by_kind(count: Count) -> None:
    count(TallyKind.DISPOSITION, "confirmed", 3)
    count(TallyKind.DISPOSITION, "opted_out", 1)

    total = report(MONDAY, MONDAY).total

    assert total.of(Disposition.CONFIRMED) == 3
    assert total.of(Disposition.OPTED_OUT) == 1
    assert total.of(Disposition.CANCELLED) == 0


def test_a_campaign_is_reported_without_the_others(count: Count, run: Run) -> None:
    other = factories.run(factories.campaign(Definition()))
    count(TallyKind.MESSAGE, "sent", 1)
    count(TallyKind.MESSAGE, "sent", 10, run_id=other.id, campaign_id=other.campaign_id)

    assert report(MONDAY, MONDAY, run.campaign_id).total.sent == 1
    assert report(MONDAY, MONDAY).total.sent == 11


def test_loaded_records_belong_to_the_day_on_which_loading_ended_on_the_companys_clock(company: Company) -> None:
    source = factories.source([["Ann", "", "", "", "", ""]] * 3)
    source.finished_at = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # nine in the evening of Monday in New York
    db.session.commit()

    assert [day.loaded for day in report(MONDAY, TUESDAY).days] == [3, 0]
    assert report(TUESDAY, TUESDAY).loaded == 0


def test_a_campaigns_report_counts_the_records_of_its_files_whenever_they_were_loaded(company: Company) -> None:
    mine = factories.source([["Ann", "", "", "", "", ""]] * 3)
    factories.source([["Bob", "", "", "", "", ""]] * 5)
    campaign = factories.campaign(Definition(), [mine])

    assert report(MONDAY, MONDAY, campaign.id).loaded == 3


def test_another_companys_counts_are_not_seen(count: Count, other_company: Company) -> None:
    count(TallyKind.MESSAGE, "sent", 1)

    with tenancy.company(other_company.id):
        assert report(MONDAY, MONDAY).total == Counts()


def test_a_run_is_counted_in_all_and_by_delivery_method(count: Count, run: Run) -> None:
    count(TallyKind.MESSAGE, "delivered", 2)
    count(TallyKind.MESSAGE, "delivered", 3, day=TUESDAY)
    count(TallyKind.MESSAGE, "sent", 7, method="mail", channel=Channel.EMAIL)
    count(TallyKind.FAILURE, "email_invalid", 1, method="mail", channel=Channel.EMAIL, stage="validate")

    counts = run_counts(run.id)

    assert counts.total.queued == 12
    assert counts.by_method["sms"].of(MessageStatus.DELIVERED) == 5
    assert counts.by_method["mail"].failed == 1


def test_several_runs_are_counted_at_once_and_an_untouched_one_has_nothing(count: Count, run: Run) -> None:
    idle = factories.run(factories.campaign(Definition()))
    count(TallyKind.MESSAGE, "sent", 4)

    counts = counts_of_runs([run.id, idle.id])

    assert counts[run.id].sent == 4
    assert counts[idle.id] == Counts()


def test_a_count_that_went_back_to_nothing_is_not_shown(count: Count, run: Run) -> None:
    count(TallyKind.MESSAGE, "queued", 2)
    count(TallyKind.MESSAGE, "queued", -2)

    assert run_counts(run.id).total.messages == {}
