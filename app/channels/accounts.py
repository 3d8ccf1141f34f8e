"""Where the providers are and how we sign in to them: the one place that takes this from the settings."""

from dataclasses import dataclass, field

from app.channels.http import Credentials
from app.extensions import settings
from app.models import Channel


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Address of the account's resources, without a final slash, and the credentials for them."""

    resources: str
    credentials: Credentials = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendGridAccount:
    """Address of the v3 API, without a final slash, and its key."""

    api: str
    key: str = field(repr=False)


_BASES = {
    Channel.SMS: "twilio_api_base",
    Channel.WHATSAPP: "twilio_api_base",
    Channel.VOICE: "twilio_api_base",
    Channel.EMAIL: "sendgrid_api_base",
    Channel.MESSENGER: "meta_graph_base",
    Channel.INSTAGRAM: "meta_graph_base",
}
"""The setting that holds the address of each channel's provider."""


def is_played(channel: Channel) -> bool:
    """True when the local carrier plays the channel's provider, so that messages reach nobody."""
    return bool(getattr(settings(), _BASES[channel]) == settings().local_carrier)


def twilio() -> TwilioAccount:
    """The Twilio account, or the local carrier's."""
    known = settings()
    return TwilioAccount(
        f"{known.twilio_api_base.rstrip('/')}/2010-04-01/Accounts/{known.twilio_account_sid}",
        Credentials(known.twilio_account_sid, known.twilio_auth_token),
    )


def sendgrid() -> SendGridAccount:
    """The SendGrid account, or the local carrier's."""
    known = settings()
    return SendGridAccount(f"{known.sendgrid_api_base.rstrip('/')}/v3", known.sendgrid_api_key)
