"""The channels that messages can be sent on."""

from collections.abc import Mapping

from app.channels.base import ChannelDriver
from app.channels.email import Email
from app.channels.sms import Sms
from app.models import Channel

DRIVERS: Mapping[Channel, ChannelDriver] = {Channel.SMS: Sms(), Channel.EMAIL: Email()}


def driver(channel: Channel) -> ChannelDriver:
    """The driver of a channel. Raises KeyError for one that is not offered yet."""
    return DRIVERS[channel]
