"""Messages to people who opted out are withheld."""

from datetime import UTC, datetime

from app.models import Channel, FailureStage
from app.queueing.suppression import addresses_by_channel, withhold
from tests.queueing.line_of import NOON, failure, line_of, message, row


def test_every_address_that_would_be_written_to_is_looked_up() -> None:
    outcomes = [*line_of().walk(2, row(), NOON), *line_of().walk(3, row(cell_phone="none"), NOON)]
    assert addresses_by_channel(outcomes) == {
        Channel.SMS: {"+12025550143"},
        Channel.EMAIL: {"ann@clinic.example"},
    }


def test_a_suppression_counts_on_its_own_channel_only() -> None:
    sms, email = withhold(line_of().walk(2, row(), NOON), {Channel.SMS: {"+12025550143"}})
    assert (failure(sms).stage, failure(sms).code) == (FailureStage.SUPPRESS, "suppressed")
    assert failure(sms).endpoint == "+12025550143"
    message(email)


def test_an_opt_out_is_the_reason_even_where_the_window_would_have_been_one() -> None:
    passed = datetime(2026, 12, 24, tzinfo=UTC)
    (sms, _) = withhold(line_of().walk(2, row(), passed), {Channel.SMS: {"+12025550143"}})
    assert failure(sms).stage is FailureStage.SUPPRESS
