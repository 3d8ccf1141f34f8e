"""Replies become dispositions: for the right message, counted once, acted upon."""

from datetime import timedelta

import pytest

from app import suppressions, tenancy
from app.campaigns.definition import Definition, ResponseOptions
from app.clock import now
from app.extensions import db
from app.models import (
    Channel,
    Company,
    DataSource,
    Disposition,
    MessageStatus,
    ReceiptOutcome,
    RecordDisposition,
    ReplyMatch,
    Run,
    RunStatus,
    Suppression,
    SuppressionSource,
    TallyKind,
)
from tests import factories
from tests.receipts import rows


def test_c_confirms_the_appointment(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.text_from(rows.PHONE, "C")
    assert rows.apply() == 1
    [reply] = rows.replies()
    assert (reply.match, reply.message_id, reply.disposition) == (
        ReplyMatch.MATCHED,
        message.id,
        Disposition.CONFIRMED,
    )
    assert (reply.endpoint, reply.sender_address, reply.body) == (rows.PHONE, rows.CLINIC, "C")
    assert rows.decided() == {2: Disposition.CONFIRMED}
    assert rows.fresh(message).disposition is Disposition.CONFIRMED
    assert rows.counts(TallyKind.DISPOSITION) == {"confirmed": 1}
    [receipt] = rows.receipts()
    assert (receipt.outcome, receipt.message_id) == (ReceiptOutcome.APPLIED, message.id)


def test_a_changed_mind_is_counted_once_and_the_first_is_kept(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    rows.text_from(rows.PHONE, "R")
    rows.apply()
    [row] = db.session.scalars(tenancy.rows(RecordDisposition)).all()
    assert (row.first_disposition, row.disposition) == (Disposition.CONFIRMED, Disposition.RESCHEDULE)
    assert row.first_decided_at < row.decided_at
    assert rows.counts(TallyKind.DISPOSITION) == {"reschedule": 1}


def test_a_second_mind_in_the_same_batch_counts_the_same(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    for body in ("hm?", "C", "X"):
        rows.text_from(rows.PHONE, body)
    rows.apply()
    [row] = db.session.scalars(tenancy.rows(RecordDisposition)).all()
    assert (row.first_disposition, row.disposition) == (Disposition.CONFIRMED, Disposition.CANCELLED)
    assert rows.counts(TallyKind.DISPOSITION) == {"cancelled": 1}


def test_small_talk_does_not_undo_a_decision(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.text_from(rows.PHONE, "C")
    rows.text_from(rows.PHONE, "thanks, see you there")
    rows.apply()
    assert [reply.disposition for reply in rows.replies()] == [Disposition.CONFIRMED, Disposition.UNCLEAR]
    assert rows.decided() == {2: Disposition.CONFIRMED}
    assert rows.fresh(message).disposition is Disposition.CONFIRMED


def test_two_open_appointments_on_one_phone_are_never_guessed(run: Run, source: DataSource) -> None:
    rows.message(run, source.id, row_number=2)
    rows.message(run, source.id, row_number=3, person="Bob Example")
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    [reply] = rows.replies()
    assert (reply.match, reply.message_id, reply.disposition) == (
        ReplyMatch.AMBIGUOUS,
        None,
        Disposition.UNCLEAR,
    )
    assert rows.decided() == {}


def test_what_has_just_been_cancelled_is_no_longer_in_doubt(run: Run, source: DataSource) -> None:
    rows.message(run, source.id, row_number=2)
    rows.text_from(rows.PHONE, "X")
    rows.apply()
    rows.message(run, source.id, row_number=3, person="Bob Example")
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.decided() == {2: Disposition.CANCELLED, 3: Disposition.CONFIRMED}


def test_an_appointment_that_has_passed_is_not_confirmed(run: Run, source: DataSource) -> None:
    rows.message(run, source.id, appointment_at=now() - timedelta(minutes=5))
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.decided() == {2: Disposition.UNCLEAR}


def test_an_appointment_that_was_cancelled_is_not_confirmed(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    rows.text_from(rows.PHONE, "X")
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.decided() == {2: Disposition.CANCELLED}
    assert rows.replies()[1].disposition is Disposition.UNCLEAR


def test_a_reply_from_a_stranger_is_kept(company: Company) -> None:
    rows.text_from("+12025550199", "C")
    rows.apply()
    [reply] = rows.replies()
    assert (reply.match, reply.disposition) == (ReplyMatch.NONE, Disposition.UNCLEAR)
    assert rows.receipts()[0].outcome is ReceiptOutcome.NO_MESSAGE


def test_a_reply_does_not_answer_a_message_of_another_channel(run: Run, source: DataSource) -> None:
    rows.message(run, source.id, channel=Channel.WHATSAPP)
    rows.text_from(rows.PHONE, "C")
    rows.text_from(f"whatsapp:{rows.PHONE}", "C", to=f"whatsapp:{rows.CLINIC}")
    rows.apply()
    assert [(reply.channel, reply.match) for reply in rows.replies()] == [
        (Channel.SMS, ReplyMatch.NONE),
        (Channel.WHATSAPP, ReplyMatch.MATCHED),
    ]


def test_a_reply_answers_the_sender_that_it_was_written_to(run: Run, source: DataSource) -> None:
    clinic = factories.sender(Channel.SMS, rows.CLINIC)
    lab = factories.sender(Channel.SMS, "+12025550101")
    rows.message(run, source.id, row_number=2, sender_id=lab.id)
    rows.message(run, source.id, row_number=3, sender_id=clinic.id, person="Bob Example")
    rows.text_from(rows.PHONE, "C", to=rows.CLINIC)
    rows.apply()
    assert rows.decided() == {3: Disposition.CONFIRMED}


def test_a_reply_to_a_number_of_a_messaging_service_answers_the_service(run: Run, source: DataSource) -> None:
    service = factories.sender(Channel.SMS, "MG0001")
    rows.message(run, source.id, sender_id=service.id)
    rows.text_from(rows.PHONE, "C", to="+12025550177", MessagingServiceSid="MG0001")
    rows.apply()
    assert rows.decided() == {2: Disposition.CONFIRMED}


@pytest.mark.parametrize(
    "status", [MessageStatus.QUEUED, MessageStatus.STAGED, MessageStatus.FAILED, MessageStatus.CANCELLED]
)
def test_a_message_that_never_went_out_is_not_answered(run: Run, source: DataSource, status: MessageStatus) -> None:
    rows.message(run, source.id, status=status, sent_at=None)
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.replies()[0].match is ReplyMatch.NONE


def test_a_message_of_last_season_is_not_answered(run: Run, source: DataSource) -> None:
    long_ago = now() - timedelta(days=90)
    rows.message(run, source.id, sent_at=long_ago, appointment_at=None)
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.replies()[0].match is ReplyMatch.NONE


def test_another_company_s_message_is_not_answered(run: Run, source: DataSource, other_company: Company) -> None:
    message = rows.message(run, source.id)
    with tenancy.company(other_company.id):
        rows.text_from(rows.PHONE, "X")
        rows.apply()
        assert rows.replies()[0].match is ReplyMatch.NONE
    assert rows.fresh(message).disposition is None
    assert rows.decided() == {}


def test_a_decision_cancels_what_still_waits_for_that_record(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    waiting = {"status": MessageStatus.QUEUED, "sent_at": None}
    mail = rows.mail(run, source.id, **waiting)
    staged = rows.message(run, source.id, **waiting | {"status": MessageStatus.STAGED})
    other_person = rows.message(run, source.id, row_number=3, person="Bob Example", **waiting)
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    assert rows.fresh(mail).status is MessageStatus.CANCELLED
    assert rows.fresh(staged).status is MessageStatus.CANCELLED
    assert rows.fresh(other_person).status is MessageStatus.QUEUED
    assert rows.counts(TallyKind.MESSAGE) == {"sent": 1, "cancelled": 2, "queued": 1}


def test_a_decision_cancels_reminders_of_the_same_appointment_from_another_file(run: Run, source: DataSource) -> None:
    at = now() + timedelta(days=1)
    rows.message(run, source.id, appointment_at=at)
    again = factories.source([["EXAMPLE, ANN", "(202) 555-0143", "", "Dr. Bell", "", ""]])
    reminder = rows.message(
        run, again.id, appointment_at=at, status=MessageStatus.QUEUED, sent_at=None, person="ANN EXAMPLE"
    )
    rows.text_from(rows.PHONE, "X")
    rows.apply()
    assert rows.fresh(reminder).status is MessageStatus.CANCELLED


def test_an_unclear_reply_cancels_nothing(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    mail = rows.mail(run, source.id, status=MessageStatus.QUEUED, sent_at=None)
    rows.text_from(rows.PHONE, "which doctor?")
    rows.apply()
    assert rows.fresh(mail).status is MessageStatus.QUEUED
    assert rows.counts(TallyKind.DISPOSITION) == {"unclear": 1}


def test_cancelling_the_last_message_finishes_the_run(run: Run, source: DataSource) -> None:
    rows.message(run, source.id, status=MessageStatus.DELIVERED)
    rows.mail(run, source.id, status=MessageStatus.QUEUED, sent_at=None)
    rows.text_from(rows.PHONE, "C")
    rows.apply()
    db.session.refresh(run)
    assert run.status is RunStatus.FINISHED


def test_stop_suppresses_the_address_and_decides_the_record(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    waiting = rows.message(run, source.id, status=MessageStatus.QUEUED, sent_at=None)
    rows.text_from(rows.PHONE, "STOP")
    rows.apply()
    assert suppressions.suppressed(Channel.SMS, [rows.PHONE]) == {rows.PHONE}
    assert not suppressions.suppressed(Channel.WHATSAPP, [rows.PHONE])
    assert rows.decided() == {2: Disposition.OPTED_OUT}
    assert rows.fresh(waiting).status is MessageStatus.CANCELLED


def test_a_stranger_s_stop_counts_as_well(company: Company) -> None:
    rows.text_from("+12025550199", "Stop")
    rows.apply()
    assert suppressions.suppressed(Channel.SMS, ["+12025550199"])
    assert rows.replies()[0].disposition is Disposition.OPTED_OUT


def test_start_lifts_what_stop_brought(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    rows.text_from(rows.PHONE, "STOP")
    rows.apply()
    rows.text_from(rows.PHONE, "START")
    rows.apply()
    assert not suppressions.suppressed(Channel.SMS, [rows.PHONE])
    assert rows.decided() == {2: Disposition.OPTED_OUT}


def test_of_stop_and_start_in_one_batch_the_last_counts(company: Company) -> None:
    for body in ("START", "STOP", "HELP"):
        rows.text_from(rows.PHONE, body)
    for body in ("STOP", "UNSTOP"):
        rows.text_from("+12025550144", body)
    rows.apply()
    assert suppressions.suppressed(Channel.SMS, [rows.PHONE, "+12025550144"]) == {rows.PHONE}


def test_an_ambiguous_cancel_is_no_opt_out_where_a_campaign_offers_the_word(run: Run, source: DataSource) -> None:
    own_words = Definition(responses=ResponseOptions(cancel=("Cancel",)))
    offering = factories.run(factories.campaign(own_words, [source]))
    rows.message(run, source.id, row_number=2)
    rows.message(offering, source.id, row_number=3, person="Bob Example")
    rows.text_from(rows.PHONE, "Cancel")
    rows.apply()
    assert rows.replies()[0].match is ReplyMatch.AMBIGUOUS
    assert not suppressions.suppressed(Channel.SMS, [rows.PHONE])


def test_the_words_of_an_opt_out_are_kept_with_it(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    rows.text_from(rows.PHONE, "please stop texting me")
    rows.apply()
    [row] = db.session.scalars(tenancy.rows(Suppression)).all()
    assert (row.source, row.words) == (SuppressionSource.REPLY, "please stop texting me")


def test_a_repeated_inbound_message_is_one_reply(run: Run, source: DataSource) -> None:
    rows.message(run, source.id)
    for _ in range(3):
        rows.text_from(rows.PHONE, "C", MessageSid="SM7")
    rows.apply()
    assert len(rows.replies()) == 1
