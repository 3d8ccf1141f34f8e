from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from app import tenancy
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Channel, Company, DataSource, FailureStage, MessageStatus, Run, RunPart
from app.reporting.fates import Fate, Place, fates
from tests import factories
from tests.portal import rows

PERSON = ["EXAMPLE, ANN", "202 555 0143", "ann@example.org", "Dr. Bell", "", ""]


@pytest.fixture
def run(company: Company) -> Run:
    return factories.run(factories.campaign(Definition()))


def laid_out(run: Run, *sources: DataSource, rows_each: int = 1_000) -> None:
    """Cuts a run into parts, as firing does."""
    for source in sources:
        for first in range(2, source.rows_loaded + 2, rows_each):
            last = min(first + rows_each - 1, source.rows_loaded + 1)
            db.session.add(
                RunPart(
                    company_id=run.company_id,
                    run_id=run.id,
                    data_source_id=source.id,
                    first_row=first,
                    last_row=last,
                    position=first - 1,
                )
            )
    db.session.commit()


def every_page(run: Run, limit: int) -> list[Sequence[Fate]]:
    pages: list[Sequence[Fate]] = []
    after: Place | None = None
    while True:
        page = fates(run.id, after, limit)
        pages.append(page.items)
        if page.next is None:
            return pages
        after = page.next


def places(items: Sequence[Fate]) -> list[tuple[UUID, int]]:
    return [tuple(fate.place) for fate in items]


def test_a_record_has_a_message_or_a_failure_for_each_method(run: Run) -> None:
    source = factories.source([PERSON])
    laid_out(run, source)
    sent = factories.message(run, source.id, status=MessageStatus.SENT)
    rows.failure(run, data_source_id=source.id, method="email", channel=Channel.EMAIL, code="email_missing")

    [fate] = fates(run.id).items

    assert fate.place == (source.id, 2)
    assert fate.person == "Ann Example"
    assert fate.outcomes["sms"].message is sent
    assert fate.outcomes["sms"].failure is None
    failure = fate.outcomes["email"].failure
    assert failure is not None
    assert failure.code == "email_missing"
    assert fate.outcomes["email"].message is None


def test_a_message_that_failed_has_both(run: Run) -> None:
    source = factories.source([PERSON])
    laid_out(run, source)
    message = factories.message(run, source.id, status=MessageStatus.UNDELIVERED)
    rows.failure(run, data_source_id=source.id, stage=FailureStage.DELIVER, code="30006", message_id=message.id)

    [fate] = fates(run.id).items

    outcome = fate.outcomes["sms"]
    assert outcome.message is message
    assert outcome.failure is not None
    assert outcome.failure.code == "30006"


def test_records_that_the_run_has_not_come_to_are_there_without_outcomes(run: Run) -> None:
    source = factories.source([PERSON, PERSON])
    laid_out(run, source)
    factories.message(run, source.id)

    assert [len(fate.outcomes) for fate in fates(run.id).items] == [1, 0]


def test_pages_come_in_the_order_of_files_and_rows_and_hold_every_record_once(run: Run) -> None:
    first, between, last = (factories.source([PERSON] * n) for n in (3, 50, 4))
    laid_out(run, first, last, rows_each=2)

    pages = every_page(run, limit=2)

    expected = [(first.id, row) for row in (2, 3, 4)] + [(last.id, row) for row in (2, 3, 4, 5)]
    assert [place for page in pages for place in places(page)] == expected
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert between.id not in {place[0] for page in pages for place in places(page)}


def test_records_loaded_after_the_run_was_laid_out_are_none_of_its(run: Run) -> None:
    source = factories.source([PERSON] * 3)
    laid_out(run, source)
    part = db.session.scalars(tenancy.rows(RunPart)).one()
    part.last_row = 3
    db.session.commit()

    assert places(fates(run.id).items) == [(source.id, 2), (source.id, 3)]


def test_other_runs_and_other_companies_stay_out(run: Run, other_company: Company) -> None:
    source = factories.source([PERSON])
    laid_out(run, source)
    other = factories.run(factories.campaign(Definition()))
    laid_out(other, source)
    factories.message(other, source.id)

    assert [fate.outcomes for fate in fates(run.id).items] == [{}]
    with tenancy.company(other_company.id):
        assert fates(run.id).items == []


def test_a_page_carries_no_texts_and_no_cells(run: Run) -> None:
    source = factories.source([PERSON])
    laid_out(run, source)
    factories.message(run, source.id, html="<p>" + "long " * 1000)
    rows.failure(run, data_source_id=source.id, method="email")
    db.session.expunge_all()
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        fates(run.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)

    selected = " ".join(statement.partition("FROM")[0] for statement in asked)
    for column in ("body", "html", "failures.data,", "cells"):
        assert column not in selected


@pytest.mark.parametrize("written", ["", "nonsense", "nonsense.2", "01a20df7-68b5-73c3-a9a6-7c5d795bce83"])
def test_a_place_that_was_tampered_with_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        Place.parse(written)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(UUID("01a20df7-68b5-73c3-a9a6-7c5d795bce83"), 12)

    assert Place.parse(str(place)) == place
