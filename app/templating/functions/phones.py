"""Functions of phone numbers."""

from typing import Annotated

import phonenumbers

from app.templating.errors import RenderFailed, TemplatingError
from app.templating.functions.registry import Accepts, message_function, one_of

_FORMATS = {
    "national": phonenumbers.PhoneNumberFormat.NATIONAL,
    "international": phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    "e164": phonenumbers.PhoneNumberFormat.E164,
}

Format = Annotated[str, one_of(*_FORMATS)]
Region = Annotated[str, Accepts(phonenumbers.SUPPORTED_REGIONS.__contains__, told="region")]


@message_function
def phone(text: str, format: Format = "national", region: Region = "US") -> str:
    """Writes a phone number in one way, however it was spelled.

    `format` is `national`, `international` or `e164`. A number without a country's code is taken to be of `region`, a
    code of two capital letters; without it, of your country.

    Examples:
        {{ "202.555.0143 " | phone }} => (202) 555-0143
        {{ "2025550143" | phone: "international" }} => +1 202-555-0143
        {{ "(202) 555 0143" | phone: "e164" }} => +12025550143
        {{ "020 7946 0018" | phone: "e164", region: "GB" }} => +442079460018
        {{ "call me" | phone }} => [phone_unreadable]
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise RenderFailed(TemplatingError.PHONE_UNREADABLE) from None
    if not phonenumbers.is_valid_number(number):
        raise RenderFailed(TemplatingError.PHONE_UNREADABLE)
    return phonenumbers.format_number(number, _FORMATS[format])
