"""E-mail addresses: syntax only, for a look-up in the DNS has no place in the middle of a million rows."""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email


@lru_cache(maxsize=65_536)
def normalised_email(written: str) -> str | None:
    """The address in lower case, its domain in ASCII, or None if it is not a valid one.

    Letters beyond ASCII before the @ are refused, because the provider cannot send to them.
    """
    try:
        checked = validate_email(written, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()
