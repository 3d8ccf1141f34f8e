"""What a program can say about messages of which nobody knows whether they were sent."""

import pytest

from app.campaigns.definition import Definition
from app.clock import now
from app.models import Message, MessageStatus, new_id
from tests import factories
from tests.api.program import Program


@pytest.fixture
def in_doubt(program: Program) -> Message:
    source = factories.source([["EXAMPLE, ANN", "", "", "", "", ""]])
    run = factories.run(factories.campaign(Definition(), [source]))
    return factories.message(
        run, source.id, status=MessageStatus.UNKNOWN, claim=new_id(), claimed_at=now(), lease_until=None
    )


def test_a_message_in_doubt_can_be_sent_again(program: Program, in_doubt: Message) -> None:
    assert [each["id"] for each in program.get("/messages/undecided")["items"]] == [str(in_doubt.id)]
    assert program.post(f"/messages/{in_doubt.id}/send-again", 202)["status"] == "queued"
    assert program.get("/messages/undecided")["items"] == []


def test_a_message_in_doubt_can_be_given_up_once(program: Program, in_doubt: Message) -> None:
    assert program.post(f"/messages/{in_doubt.id}/give-up", 200)["status"] == "failed"
    refused = program.post(f"/messages/{in_doubt.id}/give-up", 409)
    assert refused["errors"][0]["code"] == "decided"


def test_another_companys_message_is_not_decided_about(other_program: Program, in_doubt: Message) -> None:
    other_program.post(f"/messages/{in_doubt.id}/give-up", 404)
