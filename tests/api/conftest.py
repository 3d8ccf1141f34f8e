"""Programs of one company and of another."""

import pytest
from flask import Flask

from app import tenancy
from app.accounts.api_keys import issue_key
from app.models import Company
from tests.api.program import Program


@pytest.fixture
def program(app: Flask, company: Company) -> Program:
    """Holds a key of `company`."""
    return Program(app, issue_key("a program", None)[1])


@pytest.fixture
def other_program(app: Flask, other_company: Company) -> Program:
    """Holds a key of `other_company`."""
    with tenancy.company(other_company.id):
        return Program(app, issue_key("another program", None)[1])


@pytest.fixture
def nobody(app: Flask) -> Program:
    """Has no key."""
    return Program(app, None)
