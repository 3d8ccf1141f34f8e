from datetime import timedelta
from typing import Any

import pytest

from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db
from app.models import (
    Channel,
    Company,
    Disposition,
    FailureStage,
    Message,
    MessageStatus,
    Receipt,
    ReceiptKind,
    ReceiptOutcome,
    Reply,
    ReplyMatch,
    Run,
    new_id,
)
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor


@pytest.fixture
def run(company: Company) -> Run:
    source = factories.source([["EXAMPLE, ANN", "", "", "", "", ""]])
    made = factories.run(factories.campaign(Definition(), [source]))
    made.source_id = source.id  # type: ignore[attr-defined]  # the file that its messages come from
    return made


def message(run: Run, **changes: Any) -> Message:
    return factories.message(run, run.source_id, **changes)  # type: ignore[attr-defined]


def reply(to: Message, body: str, disposition: Disposition, match: ReplyMatch = ReplyMatch.MATCHED) -> Reply:
    receipt = Receipt(
        company_id=to.company_id,
        id=new_id(),
        provider="twilio",
        kind=ReceiptKind.REPLY,
        event_key=str(new_id()),
        message_id=to.id,
        payload={},
        outcome=ReceiptOutcome.APPLIED,
        applied_at=now(),
    )
    db.session.add(receipt)
    db.session.flush()
    made = Reply(
        company_id=to.company_id,
        receipt_id=receipt.id,
        channel=to.channel,
        endpoint=to.endpoint,
        sender_address="+12025550100",
        body=body,
        match=match,
        message_id=to.id if match is ReplyMatch.MATCHED else None,
        disposition=disposition,
        received_at=now(),
    )
    db.session.add(made)
    db.session.commit()
    return made


@pytest.mark.parametrize("query", ["status=failed", "channel=email", "q=bob", "q=%2B1 202-555-0199", "q=B@Example.org"])
def test_filters_leave_what_they_say(visitor: Visitor, run: Run, query: str) -> None:
    message(run, person="Ann Example", endpoint="+12025550143")
    wanted = {"status=failed": {"status": MessageStatus.FAILED}, "channel=email": {"channel": Channel.EMAIL}}
    endpoint = "b@example.org" if "%2B" not in query else "+12025550199"
    message(run, person="Bob Example", endpoint=endpoint, **wanted.get(query, {}))

    page = visitor.get(f"/messages/?{query}")

    assert "Bob Example" in page.text
    assert "Ann Example" not in page.text


def test_messages_of_one_campaign_or_one_run_are_found(visitor: Visitor, run: Run) -> None:
    mine = message(run, person="Ann Example")
    other = factories.run(factories.campaign(Definition()))
    factories.message(other, mine.data_source_id, person="Bob Example")

    for query in (f"campaign={run.campaign_id}", f"run={run.id}"):
        page = visitor.get(f"/messages/?{query}")
        assert "Ann Example" in page.text
        assert "Bob Example" not in page.text


def test_a_filter_that_means_nothing_is_no_filter(visitor: Visitor, run: Run) -> None:
    message(run)

    assert "Ann Example" in visitor.get("/messages/?status=gone&channel=telex&campaign=x").text


def test_a_percent_sign_is_searched_for_and_not_understood(visitor: Visitor, run: Run) -> None:
    message(run)

    assert "No message fits" in visitor.get("/messages/?q=%25").text


def test_messages_are_paged_newest_first_and_filters_stay(visitor: Visitor, run: Run) -> None:
    for n in range(60):
        message(run, person=f"Person {n:02}")

    first = visitor.get("/messages/?q=person")
    [following] = [link for link in first.links if "after=" in link]
    second = visitor.get(following)

    assert "Person 59" in first.text
    assert "Person 09" not in first.text
    assert "Person 09" in second.text
    assert "q=person" in following


def test_a_search_that_takes_too_long_asks_to_be_narrowed(
    visitor: Visitor, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import func

    from app.portal import patience
    from app.reporting import listing

    monkeypatch.setattr(patience, "_MILLISECONDS", 20)
    asked = listing.messages

    def slow(*arguments: Any) -> Any:
        db.session.execute(db.select(func.pg_sleep(2)))
        return asked(*arguments)

    monkeypatch.setattr(listing, "messages", slow)

    assert "The search took too long" in visitor.get("/messages/?q=ann").text


def test_a_message_shows_its_text_where_it_comes_from_and_what_happened(visitor: Visitor, run: Run) -> None:
    sent = message(
        run, status=MessageStatus.DELIVERED, sent_at=now(), delivered_at=now(), units=2, body="Reply C to confirm"
    )
    reply(sent, "C", Disposition.CONFIRMED)

    page = visitor.get(f"/messages/{sent.id}")

    assert "Reply C to confirm" in page.text
    assert "2 segments" in page.text
    assert "list.csv , row 2" in page.text
    assert "Answered: confirms" in page.text
    assert "twilio" in page.text.lower()


def test_a_message_that_waits_says_until_when_on_the_companys_clock(visitor: Visitor, run: Run) -> None:
    waiting = message(run, not_before=now().replace(month=1, day=15, hour=14, minute=30) + timedelta(days=365))

    assert "15 Jan" in visitor.get(f"/messages/{waiting.id}").text
    assert "09:30" in visitor.get(f"/messages/{waiting.id}").text


def test_a_failed_message_says_why(visitor: Visitor, run: Run) -> None:
    failed = message(run, status=MessageStatus.UNDELIVERED, error_code="30006", ended_at=now())
    rows.failure(run, stage=FailureStage.DELIVER, code="30006", facts={}, message_id=failed.id)

    assert "landline" in visitor.get(f"/messages/{failed.id}").text


def test_text_that_looks_like_markup_is_shown_and_not_obeyed(visitor: Visitor, run: Run) -> None:
    odd = message(run, body="<script>alert(1)</script>", person="<b>Ann</b>", html="<img src=x onerror=alert(1)>")

    page = visitor.get(f"/messages/{odd.id}")

    assert "<script>alert(1)</script>" in page.text
    assert "<b>Ann</b>" in page.headings[0]


def test_replies_that_need_a_person_are_told_from_the_others(visitor: Visitor, run: Run) -> None:
    sent = message(run)
    reply(sent, "C", Disposition.CONFIRMED)
    reply(sent, "who is this?", Disposition.UNCLEAR)
    reply(sent, "yes please", Disposition.CONFIRMED, ReplyMatch.AMBIGUOUS)

    inbox, everything = visitor.get("/replies/"), visitor.get("/replies/?all=1")

    assert "who is this?" in inbox.text
    assert "yes please" in inbox.text
    assert "several messages" in inbox.text
    assert inbox.text.count("Confirmed") == 0
    assert "Confirmed" in everything.text


def in_doubt(run: Run) -> Message:
    return message(run, status=MessageStatus.UNKNOWN, claim=new_id(), claimed_at=now(), lease_until=None)


@pytest.mark.parametrize(
    ("button", "status"), [("send-again", MessageStatus.QUEUED), ("give-up", MessageStatus.FAILED)]
)
def test_a_person_decides_about_a_message_in_doubt(
    visitor: Visitor, run: Run, button: str, status: MessageStatus
) -> None:
    made = in_doubt(run)
    page = visitor.get(f"/messages/{made.id}")
    assert "cannot be found out" in page.text
    assert "Send again" in page.text
    assert "in doubt" in visitor.get("/").text

    visitor.post(f"/messages/{made.id}/{button}")

    db.session.refresh(made)
    assert made.status is status
    # a second click, or somebody else's, changes nothing
    visitor.post(f"/messages/{made.id}/{button}")
    assert "Nobody needs to decide any more" in visitor.get(f"/messages/{made.id}").text


def test_what_is_still_being_asked_about_is_not_for_a_person(visitor: Visitor, run: Run) -> None:
    made = message(run, status=MessageStatus.UNKNOWN, lease_until=now() + timedelta(minutes=1))
    assert "Send again" not in visitor.get(f"/messages/{made.id}").text
