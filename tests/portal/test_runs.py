from collections.abc import Callable
from datetime import timedelta

import pytest

from app import tallies, tenancy
from app.campaigns import fire
from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Source
from app.campaigns.definition import Role as Meaning
from app.clock import now
from app.extensions import db
from app.models import (
    Channel,
    Company,
    DataSource,
    Disposition,
    FailureStage,
    MessageStatus,
    Role,
    Run,
    RunPart,
    RunStatus,
    RunUntil,
    TallyKind,
)
from app.portal.run_progress import shares_of
from app.reporting.questions import Counts, Reason
from app.tallies import TallyKey
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor
from tests.portal.page import Page

VISIT = ["Dr. Bell", "12/24/2099", "9:00 AM"]
ANN = ["EXAMPLE, ANN", "(202) 555-0143", "ann@clinic.example", *VISIT]
BOB = ["EXAMPLE, BOB", "none", "bob@clinic.example", *VISIT]


@pytest.fixture
def patients(company: Company) -> DataSource:
    return factories.source([ANN, BOB])


def definition() -> Definition:
    columns = {Meaning.PERSON: "patient_name", Meaning.PHONE: "cell_phone", Meaning.EMAIL: "e_mail"}
    content = Content(subject="Your visit", text="See you. STOP to end.")
    return Definition(
        mapping=Mapping(roles={role: (Source(column=column),) for role, column in columns.items()}),
        methods=(
            DeliveryMethod(key="sms", channel=Channel.SMS, content=content),
            DeliveryMethod(key="email", channel=Channel.EMAIL, content=content),
        ),
    )


@pytest.fixture
def run(patients: DataSource) -> Run:
    """A run of two records and two methods that goes on."""
    made = factories.run(factories.campaign(definition(), [patients]))
    made.records_total = 2
    part = RunPart(
        company_id=made.company_id, run_id=made.id, data_source_id=patients.id, first_row=2, last_row=3, position=1
    )
    db.session.add(part)
    db.session.commit()
    return made


def tally(run: Run, kind: TallyKind, code: str, n: int, *, stage: str = "", method: str = "sms") -> None:
    channel = Channel(method)
    tallies.add({TallyKey(run.id, run.campaign_id, method, channel, now().date(), kind, stage, code): n})
    db.session.commit()


def test_every_record_shows_what_became_of_it_on_each_method(visitor: Visitor, run: Run, patients: DataSource) -> None:
    sent = factories.message(
        run, patients.id, status=MessageStatus.DELIVERED, disposition=Disposition.CONFIRMED, person="Ann Example"
    )
    rows.failure(run, data_source_id=patients.id, row_number=3, person="Bob Example")
    earlier = factories.message(factories.run(factories.campaign(Definition())), patients.id)
    rows.failure(
        run,
        data_source_id=patients.id,
        row_number=3,
        method="email",
        channel=Channel.EMAIL,
        stage=FailureStage.DEDUPLICATE,
        code="duplicate",
        repeats_message_id=earlier.id,
    )

    page = visitor.get(f"/runs/{run.id}")

    assert "2 Ann Example Delivered Confirmed Not reached yet" in page.text
    assert "3 Bob Example “555” is not a valid phone number. This person has a message" in page.text
    assert {f"/messages/{sent.id}", f"/messages/{earlier.id}"} <= set(page.links)


def test_a_message_that_failed_shows_its_status_and_the_reason(
    visitor: Visitor, run: Run, patients: DataSource
) -> None:
    message = factories.message(run, patients.id, status=MessageStatus.UNDELIVERED)
    rows.failure(run, data_source_id=patients.id, stage=FailureStage.DELIVER, code="undelivered", message_id=message.id)

    assert "Undelivered It was sent and did not arrive" in visitor.get(f"/runs/{run.id}").text


def test_a_waiting_message_says_from_when_on(visitor: Visitor, run: Run, patients: DataSource) -> None:
    opens = now() + timedelta(days=1)
    factories.message(run, patients.id, not_before=opens)
    tally(run, TallyKind.MESSAGE, "queued", 1)

    page = visitor.get(f"/runs/{run.id}")

    assert page.html.count(f'datetime="{opens.isoformat()}"') == 2, "in the row, and as the next to go out"
    assert f"Still to go out: 1 on {now().date():%a %d %b}" in page.text


def test_the_fates_are_turned_over_page_by_page(visitor: Visitor, company: Company) -> None:
    source = factories.source([ANN] * 70)
    run = factories.run(factories.campaign(definition(), [source]))
    part = RunPart(
        company_id=run.company_id, run_id=run.id, data_source_id=source.id, first_row=2, last_row=71, position=71
    )
    db.session.add(part)
    db.session.commit()

    first = visitor.get(f"/runs/{run.id}")
    [onward] = [link for link in first.links if "after=" in link]
    second = visitor.get(onward)

    assert first.html.count('<td class="number">') == 50
    assert second.html.count('<td class="number">') == 20
    assert "First page" in second.text
    assert visitor.open("GET", f"/runs/{run.id}?after=nonsense").status_code == 404


def test_what_became_of_the_whole_adds_up() -> None:
    counts = Counts(
        messages={status: 2**place for place, status in enumerate(MessageStatus)},
        failures={
            Reason(FailureStage.VALIDATE, "phone_invalid"): 5_000,
            Reason(FailureStage.DELIVER, "expired"): 77_777,
        },
    )

    shares = {share.name: share.number for share in shares_of(counts)}

    assert sum(shares.values()) == counts.queued + counts.not_queued
    assert shares["Not queued"] == 5_000
    assert shares["Sent"] == counts.of(MessageStatus.SENT)
    assert shares["On the way"] == sum(
        map(counts.of, (MessageStatus.STAGED, MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN))
    )


def test_the_head_counts_by_outcome_method_and_decision_and_leads_to_the_failures(visitor: Visitor, run: Run) -> None:
    tally(run, TallyKind.MESSAGE, "delivered", 1)
    tally(run, TallyKind.FAILURE, "phone_invalid", 1, stage="validate")
    tally(run, TallyKind.MESSAGE, "sent", 1, method="email")
    tally(run, TallyKind.DISPOSITION, "confirmed", 1)

    page = visitor.get(f"/runs/{run.id}")

    assert "2 records × 2 delivery methods" in page.text
    assert "Delivered 1 Sent 1 Not queued 1 Not reached yet 1" in page.text
    assert "SMS 1 1 1 1 E-mail 1 1 0 0" in page.text
    assert "Confirmed 1" in page.text
    assert f"/failures/?run={run.id}&stage=validate&code=phone_invalid" in page.links


def test_the_piece_that_is_asked_for_again_stops_when_the_run_has_ended(visitor: Visitor, run: Run) -> None:
    going = visitor.fragment(f"/runs/{run.id}/progress")
    assert f'hx-get="/runs/{run.id}/progress"' in going.html
    assert "HX-Refresh" not in going.response.headers

    run.status, run.finished_at = RunStatus.FINISHED, now()
    db.session.commit()
    ended = visitor.fragment(f"/runs/{run.id}/progress")

    assert "hx-get" not in ended.html
    assert ended.response.headers["HX-Refresh"] == "true"
    assert visitor.open("GET", f"/runs/{run.id}/progress").location == f"/runs/{run.id}"


def test_the_fates_follow_a_run_until_it_has_ended(visitor: Visitor, run: Run, patients: DataSource) -> None:
    address = f"/runs/{run.id}?after={patients.id}.2"
    assert f'hx-get="{address}"' in visitor.get(address).html
    factories.message(run, patients.id, row_number=3, person="Bob Example")

    going = visitor.fragment(address)

    assert "3 Bob Example Queued" in going.text
    assert going.headings == [], "a piece, not the page"
    run.status, run.finished_at = RunStatus.FINISHED, now()
    db.session.commit()
    assert "hx-get" not in visitor.fragment(address).html


def test_a_run_that_waits_for_receipts_only_says_so(visitor: Visitor, run: Run) -> None:
    tally(run, TallyKind.MESSAGE, "sent", 2)
    assert "receipts are awaited" in visitor.get(f"/runs/{run.id}").text

    tally(run, TallyKind.MESSAGE, "queued", 1)

    assert "Its messages go out" in visitor.get(f"/runs/{run.id}").text


def test_a_cancelled_run_goes_on_until_its_messages_are_called_off(visitor: Visitor, run: Run) -> None:
    run.status = RunStatus.CANCELLED
    db.session.commit()

    page = visitor.fragment(f"/runs/{run.id}/progress")

    assert "hx-get" in page.html
    assert "Cancel run" not in page.text


@pytest.fixture
def staged(patients: DataSource) -> Run:
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    return fire.fire(factories.campaign(definition(), [patients]).id, until=RunUntil.STAGED)


def moved(visitor: Visitor, run: Run, how: str) -> Page:
    page = visitor.get(visitor.post(f"/runs/{run.id}/{how}").location)
    db.session.expire_all()
    return page


def test_a_staged_run_is_queued_or_delivered_by_its_buttons(visitor: Visitor, staged: Run) -> None:
    page = visitor.get(f"/runs/{staged.id}")
    assert [name for name in ("Queue now", "Deliver now", "Cancel run") if name in page.text] == [
        "Queue now",
        "Deliver now",
        "Cancel run",
    ]

    page = moved(visitor, staged, "queue")

    assert staged.status is RunStatus.QUEUEING
    assert "Queue now" not in page.text


def test_a_run_is_sent_all_the_way(visitor: Visitor, staged: Run) -> None:
    moved(visitor, staged, "deliver")

    assert staged.until is RunUntil.DELIVERING
    assert staged.status is not RunStatus.STAGED


def test_a_run_is_cancelled(visitor: Visitor, staged: Run) -> None:
    page = moved(visitor, staged, "cancel")

    assert staged.status is RunStatus.CANCELLED
    assert "The run was cancelled." in page.text


def test_a_finished_run_refuses_in_words(visitor: Visitor, run: Run) -> None:
    run.status, run.finished_at = RunStatus.FINISHED, now()
    db.session.commit()

    page = moved(visitor, run, "cancel")

    assert "The run is finished; that cannot be done now." in page.text
    assert "Cancel run" not in page.text


def test_a_viewer_watches_a_run_and_moves_nothing(visitor_of: Callable[[Role], Visitor], staged: Run) -> None:
    viewer = visitor_of(Role.VIEWER)

    assert "Queue now" not in viewer.get(f"/runs/{staged.id}").text
    assert viewer.post(f"/runs/{staged.id}/queue").status_code == 403
    db.session.expire_all()
    assert staged.status is RunStatus.STAGED


def test_the_run_of_another_company_is_not_found(visitor: Visitor, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.run(factories.campaign(definition())).id

    for path in ("", "/progress"):
        assert visitor.open("GET", f"/runs/{theirs}{path}").status_code == 404
    for how in ("queue", "deliver", "cancel"):
        assert visitor.post(f"/runs/{theirs}/{how}").status_code == 404
