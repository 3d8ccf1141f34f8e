"""The channels that messages can be sent on."""

from collections.abc import Mapping

from app.channels.base import CanBeAsked, ChannelDriver
from app.channels.email import Email
from app.channels.sms import Sms
from app.models import Channel

DRIVERS: Mapping[Channel, ChannelDriver] = {Channel.SMS: Sms(), Channel.EMAIL: Email()}

ASKED: Mapping[Channel, CanBeAsked] = {
    channel: driver for channel, driver in DRIVERS.items() if isinstance(driver, CanBeAsked)
}
"""Those whose provider can be asked what became of a message."""
