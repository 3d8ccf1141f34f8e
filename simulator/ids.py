"""Identifiers as the providers make them, and chance that can be repeated."""

import base64
import hashlib
import secrets


def sid(prefix: str) -> str:
    """A Twilio SID: two letters and 32 hex digits. Unique across restarts, whatever the seed."""
    return prefix + secrets.token_hex(16)


def short_id() -> str:
    """22 characters of URL-safe base64, the form of SendGrid's message and event ids."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def chance(seed: int, *parts: str) -> float:
    """A number in [0, 1) that depends on nothing but its arguments.

    People decide with this instead of a shared generator, so what a person does is the same in every run, in
    whatever order the messages arrive.
    """
    digest = hashlib.blake2b("\x1f".join((str(seed), *parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
