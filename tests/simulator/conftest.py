"""Fixtures of the carrier's own tests: a carrier, and an application that it calls back."""

from collections.abc import Iterator

import pytest

from tests.simulator.carrier import RunningCarrier, running_carrier
from tests.simulator.receiver import Receiver, running_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The application's webhooks."""
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def carrier(receiver: Receiver) -> Iterator[RunningCarrier]:
    """A carrier whose webhooks all go to `receiver`: /sms, /events, /meta."""
    with running_carrier(
        sms_url=f"{receiver.base_url}/sms",
        sendgrid_event_url=f"{receiver.base_url}/events",
        meta_webhook_url=f"{receiver.base_url}/meta",
    ) as carrier:
        yield carrier
