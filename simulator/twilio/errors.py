"""Twilio's error codes, their HTTP statuses and words, and the shape in which they are told."""

import json

from aiohttp import web

WORDS: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too many requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service unavailable"),
    21201: (400, "No 'To' number is given"),
    21205: (400, "The Url is not valid"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21212: (400, "The 'From' number is not a valid phone number"),
    21213: (400, "No 'From' number is given"),
    21220: (400, "The call is not in a state that allows this"),
    21266: (400, "'To' and 'From' are the same number"),
    21408: (400, "The account has no permission for the region of the 'To' number"),
    21421: (400, "The PhoneNumber is not valid"),
    21422: (400, "The PhoneNumber is not available"),
    21602: (400, "A message body is required"),
    21603: (400, "A 'From' or a 'MessagingServiceSid' is required"),
    21604: (400, "A 'To' number is required"),
    21606: (400, "The 'From' number is not a message-capable number of this account"),
    21609: (400, "The StatusCallback is not a valid URL"),
    21610: (400, "The recipient has unsubscribed"),
    21611: (429, "The 'From' number has too many messages in its queue"),
    21612: (400, "The 'To' number cannot be reached by SMS"),
    21614: (400, "The 'To' number is not a mobile number"),
    21617: (400, "The message body is longer than 1600 characters"),
    21656: (400, "ContentVariables is not a JSON object"),
    21703: (400, "The Messaging Service has no number to send from"),
    21705: (400, "The Messaging Service is not valid"),
    21710: (409, "The number is already in the Messaging Service"),
    21910: (400, "'From' and 'To' are of different channels"),
    30409: (400, "The message can no longer be canceled"),
    35111: (400, "SendAt is missing"),
    35114: (400, "SendAt is not a time between 300 seconds and 35 days from now"),
    90014: (400, "ValidityPeriod is not a whole number from 1 to 36000"),
}
"""Refusals: what the API answers with."""

FAILURES: dict[int, str] = {
    30001: "Queue overflow",
    30003: "Unreachable handset",
    30004: "Message blocked",
    30005: "Unknown handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "The validity period has expired",
    63016: "Free text outside the 24 hours that follow the person's last message",
}
"""What the callback can say. Codes set by a test need not be among these."""


def body(code: int, status: int, words: str) -> dict[str, object]:
    """The JSON of an error."""
    return {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def refusal(code: int, headers: dict[str, str] | None = None) -> web.Response:
    """The answer that refuses a request with `code`. An unknown code is a 400."""
    status, words = WORDS.get(code, (400, "The request was refused"))
    return web.Response(
        status=status,
        headers=headers,
        body=json.dumps(body(code, status, words)).encode(),
        content_type="application/json",
    )


class Refused(Exception):  # noqa: N818  # an answer, not a mishap
    """Raised where a check fails; the door turns it into `refusal(code)`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
