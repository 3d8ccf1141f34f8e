"""Addresses at which providers call us back. `app.webhooks` answers there."""

from uuid import UUID

from app.extensions import settings

_TWILIO_REPEATS = "rc=5&rp=all"
"""Connection overrides: five tries, after any failure. By default Twilio does not repeat a callback that got a 5xx.
They ride in the fragment, which is neither sent nor signed."""


def twilio_status(company_id: UUID, message_id: UUID) -> str:
    """Where Twilio posts each status of a message. Carrying our own id, it settles a message whose answer was lost."""
    query = f"company={company_id}&message={message_id}"
    return f"{settings().public_base_url}/messages/status/twilio?{query}#{_TWILIO_REPEATS}"
