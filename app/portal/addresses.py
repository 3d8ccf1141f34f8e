"""What people type as an address, in the form in which it is kept."""

from app.models import Channel
from app.portal import shell
from app.queueing.email import normalised_email
from app.queueing.phone import normalised_phone


def normalised(channel: Channel, written: str) -> str | None:
    """E.164 for numbers of the current company's region, lower-case e-mail, page-scoped ids as they are; or None."""
    text = written.strip()
    match channel:
        case Channel.SMS | Channel.WHATSAPP | Channel.VOICE:
            return normalised_phone(text, shell.current_company().region)
        case Channel.EMAIL:
            return normalised_email(text)
        case Channel.MESSENGER | Channel.INSTAGRAM:
            return text if text.isdecimal() else None
