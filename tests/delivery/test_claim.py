"""A claim takes what is due, the longest due first, and nobody else's."""

from datetime import timedelta

from app import tenancy
from app.clock import now
from app.delivery.claim import claim_block
from app.extensions import db
from app.models import Channel, Company, MessageStatus, TallyKind, new_id
from tests.delivery.conftest import MakeMessage, fresh, tallied


def test_the_longest_due_come_first_and_no_more_than_asked_for(make_message: MakeMessage) -> None:
    instant = now()
    made = [make_message(row_number=row, not_before=instant - timedelta(seconds=row)) for row in range(2, 7)]
    claim = new_id()

    block = claim_block(Channel.SMS, claim, 3)

    assert [claimed.id for claimed in block] == [message.id for message in made[:1:-1]]
    taken = fresh(made[-1])
    assert (taken.status, taken.claim, taken.attempts) == (MessageStatus.SENDING, claim, 1)
    assert taken.lease_until is not None
    assert taken.claimed_at is not None
    assert taken.lease_until - taken.claimed_at == timedelta(seconds=60)
    assert tallied() == {(TallyKind.MESSAGE, "queued"): 2, (TallyKind.MESSAGE, "sending"): 3}


def test_only_the_channel_that_was_asked_for_is_claimed(make_message: MakeMessage, make_mail: MakeMessage) -> None:
    make_message()
    mail = make_mail()
    assert [claimed.id for claimed in claim_block(Channel.EMAIL, new_id(), 10)] == [mail.id]


def test_what_another_claimer_is_taking_is_passed_over(make_message: MakeMessage) -> None:
    held, free = make_message(), make_message(row_number=3)
    company = tenancy.company_id()
    with db.engine.connect() as other, other.begin():
        tenancy.announce(other, tenancy.Scope(company_id=company))
        other.execute(db.text("SELECT FROM messages WHERE id = :id FOR UPDATE"), {"id": held.id})

        assert [claimed.id for claimed in claim_block(Channel.SMS, new_id(), 10)] == [free.id]


def test_another_companys_messages_are_not_claimed(make_message: MakeMessage, other_company: Company) -> None:
    make_message()
    with tenancy.company(other_company.id):
        assert claim_block(Channel.SMS, new_id(), 10) == []
