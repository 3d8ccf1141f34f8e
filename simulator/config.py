"""What a carrier needs to know before it starts."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from simulator.people.shares import Shares


@dataclass(frozen=True)
class CarrierConfig:
    """Credentials, where webhooks go, how fast time passes and how people behave."""

    twilio_account_sid: str
    twilio_auth_token: str
    sendgrid_api_key: str
    sendgrid_signing_key: ec.EllipticCurvePrivateKey
    meta_page_token: str
    meta_app_secret: str
    meta_verify_token: str

    sms_url: str = ""
    """Webhook of senders that no IncomingPhoneNumber or Messaging Service names: WhatsApp, Messenger, new numbers."""
    sendgrid_event_url: str = ""
    """Event webhook that exists from the start, signed. Others are made through the settings API."""
    meta_webhook_url: str = ""
    """Webhook of the Meta app until `/{app}/subscriptions` sets another."""
    any_sender: bool = True
    """False: `From` must be a bought IncomingPhoneNumber, else 21606, as at Twilio."""

    speed: float = 1.0
    """How many times faster than life everything happens; 20 makes a delivery take a tenth of a second."""
    seed: int = 1
    callback_connections: int = 32
    """Most requests to the application in flight at a time; the rest wait in a queue."""
    id_names: tuple[str, ...] = ("message", "m", "message_id")
    """Query parameters of a callback URL, or custom args, that carry the application's own message id."""
    shares: Shares = field(default_factory=Shares)
