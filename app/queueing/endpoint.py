"""Where a message goes: the role that a channel finds its address in, and how that address is validated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.campaigns.definition import Role
from app.models import Channel
from app.queueing.email import normalised_email
from app.queueing.errors import StoppedError, ValidateError
from app.queueing.phone import normalised_phone


@dataclass(frozen=True, slots=True)
class AddressKind:
    """One kind of address."""

    role: Role
    normalised: Callable[[str, str], str | None]
    """From an address as written and the company's region to the address, or None if it is not valid."""
    missing: ValidateError
    invalid: ValidateError


_PHONE = AddressKind(Role.PHONE, normalised_phone, ValidateError.PHONE_MISSING, ValidateError.PHONE_INVALID)
_EMAIL = AddressKind(
    Role.EMAIL,
    lambda written, _region: normalised_email(written),
    ValidateError.EMAIL_MISSING,
    ValidateError.EMAIL_INVALID,
)

ADDRESS_KINDS: dict[Channel, AddressKind] = {Channel.SMS: _PHONE, Channel.EMAIL: _EMAIL}
"""The channels that campaigns can use, with the kind of address that each one needs."""


def valid_address(channel: Channel, written: Sequence[str], region: str) -> str:
    """The first of several addresses that is valid, normalised. Raises `StoppedError` when there is none."""
    kind = ADDRESS_KINDS[channel]
    for each in written:
        if address := kind.normalised(each, region):
            return address
    if not written:
        raise StoppedError(kind.missing)
    raise StoppedError(kind.invalid, value=written[0][:320])
