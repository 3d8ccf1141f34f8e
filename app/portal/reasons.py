"""What a failure says to a person, from whichever stage it comes."""

from flask import Flask

from app.delivery import errors as delivery
from app.ingest import errors as ingest
from app.models import DataSource, Failure, FailureStage
from app.portal import formats
from app.queueing import errors as queueing
from app.reporting.questions import Reason


def failure_words(failure: Failure) -> str:
    """Why a record did not become a message, or a message failed, in a sentence."""
    if failure.stage is FailureStage.DELIVER:
        return delivery.words_for(failure.code, failure.facts)
    return queueing.words_for(failure.code, failure.facts)


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
    for name in (failure_words, reason_name, load_failure, row_words):
        app.add_template_filter(name, name.__name__)
