"""E-mail addresses: syntax only, for a look-up in the DNS has no place in the middle of a million rows."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_REPEATS = 256
"""The methods of a campaign ask for the same odd spelling, and so do the rows of a family: remember this many. Few,
because a cell can be long."""
_DOMAINS = 16_384
"""A list names the same few domains again and again: remember this many."""

# some of what the library accepts without changing it: no quotes, no display name, nothing beyond ASCII, and no
# Punycode, which is turned into letters and back
_PLAIN = re.compile(r"([\w+'-]+(?:\.[\w+'-]+)*)@((?!.*xn--)[\w.-]+)", re.ASCII | re.IGNORECASE)
_LONGEST = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3); the library refuses what is longer."""


def normalised_email(written: str) -> str | None:
    """The address in lower case, its domain in ASCII, or None if it is not a valid one.

    Letters beyond ASCII before the @ are refused, because the provider cannot send to them.
    """
    plain = _PLAIN.fullmatch(written) if len(written) <= _LONGEST else None
    if plain is None:
        return _checked(written)
    # the library looks at the two halves one by one, so a domain that is good for one mailbox is good for all
    local, domain = plain.groups()
    known = _domain(domain.lower())
    return f"{local.lower()}@{known}" if known else None


@lru_cache(maxsize=_DOMAINS)
def _domain(written: str) -> str | None:
    address = _validated(f"a@{written}")
    return address.removeprefix("a@") if address else None


@lru_cache(maxsize=_REPEATS)
def _checked(written: str) -> str | None:
    return _validated(written)


def _validated(written: str) -> str | None:
    try:
        checked = validate_email(written, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()
