"""What a failure says to a person, from whichever stage it comes."""

from flask import Flask

from app.delivery import errors as delivery
from app.ingest import errors as ingest
from app.models import DataSource
from app.portal import formats
from app.reporting.questions import Reason
from app.reporting.reasons import words_of


def reason_name(reason: Reason) -> str:
    """What many failures of one reason are called; a provider's number is given its words."""
    if reason.code.isdecimal():
        return f"{reason.code}: {delivery.words_for(reason.code, {})}"
    return formats.words(reason.code)


def load_failure(source: DataSource) -> str:
    """Why the loading of a file failed, in a sentence."""
    return ingest.words_of(source.error_code or "", source.error_facts)


def row_words(code: str) -> str:
    """Why a row of a file was rejected, in a sentence."""
    return ingest.words_of(code)


def register(app: Flask) -> None:
    """Makes them filters of the templates."""
    app.add_template_filter(words_of, "failure_words")
    for name in (reason_name, load_failure, row_words):
        app.add_template_filter(name, name.__name__)
