"""What happens when there is nothing in the cell."""

from app.templating.errors import SkipMessage, TemplatingError
from app.templating.functions.registry import message_function


@message_function
def default(text: str, fallback: str) -> str:
    """Says `fallback` when the text is blank.

    Examples:
        Hi {{ "" | default: "there" }}! => Hi there!
        Hi {{ "Ana" | default: "there" }}! => Hi Ana!
    """
    return text if text.strip() else fallback


@message_function
def skip_if_blank(text: str) -> str:
    """Makes no message at all for a record in which the text is blank.

    The record is listed among the skipped ones, with the field that was blank.

    Examples:
        {{ "Dr. Lee" | skip_if_blank }} => Dr. Lee
        {{ " " | skip_if_blank }} => [blank_value]
    """
    if not text.strip():
        raise SkipMessage(TemplatingError.BLANK_VALUE)
    return text
