"""What an address says about its channel."""

import re

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SHORT_CODE = re.compile(r"\d{3,6}")
_META_ID = re.compile(r"\d{7,}")
_INSTAGRAM_ACCOUNT = "17841"
"""Instagram's professional accounts have ids that begin like this; pages do not."""


def channel_of(address: str) -> str:
    """`sms`, `whatsapp`, `messenger`, `instagram` or `email`. `messenger:` is Twilio's form, bare ids are Meta's."""
    if address.startswith("whatsapp:"):
        return "whatsapp"
    if address.startswith("messenger:"):
        return "messenger"
    if "@" in address:
        return "email"
    if is_meta(address):
        return "instagram" if address.startswith(_INSTAGRAM_ACCOUNT) else "messenger"
    return "sms"


def is_meta(address: str) -> bool:
    """True for a page id, an Instagram account id or a page-scoped person."""
    return _META_ID.fullmatch(address) is not None


def is_phone(address: str) -> bool:
    """True for E.164."""
    return _E164.fullmatch(address) is not None


def is_reachable(address: str) -> bool:
    """True for what Twilio takes as `To`: E.164, or a WhatsApp or Messenger address."""
    prefix, _, rest = address.rpartition(":")
    if prefix == "whatsapp":
        return is_phone(rest)
    if prefix == "messenger":
        return rest.isdigit()
    return is_phone(address)


def is_sender(address: str) -> bool:
    """True for what Twilio takes as `From`: what can be written to, or a short code."""
    return is_reachable(address) or _SHORT_CODE.fullmatch(address) is not None
