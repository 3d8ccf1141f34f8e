"""Founding a company, changing what was said of it, and who belongs to which."""

from uuid import UUID
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy import select

from app import tenancy
from app.extensions import db
from app.models import Company, Membership, Role, User
from app.templating.language_names import NAMES as LANGUAGES

_NAME_CHARS = 120


class CompanyRefusedError(ValueError):
    """A company cannot be like that; says what is wrong in words."""


def found_company(
    name: str, owner: User, *, sandbox: bool = False, time_zone: str = "America/New_York", region: str = "US"
) -> Company:
    """Makes a company with `owner` as its owner, and commits. A `sandbox` company may lift the quiet hours.

    `region` (ISO 3166) is the country of phone numbers without a country code, and of how dates are written. Raises
    `CompanyRefusedError`.
    """
    name = name.strip()
    _check(name, time_zone, region)
    company = Company(name=name, sandbox=sandbox, time_zone=time_zone, region=region)
    db.session.add_all([company, owner])
    db.session.flush()
    with tenancy.company(company.id):
        db.session.add(Membership(company_id=company.id, user_id=owner.id, role=Role.OWNER))
        db.session.commit()
    return company


def change_company(name: str, *, time_zone: str, region: str, language: str) -> Company:
    """Changes what the bound company said of itself, and commits. Raises `CompanyRefusedError`.

    `language` is the tag of the one that new campaigns are written in. What is queued or planned keeps its times.
    """
    name = name.strip()
    _check(name, time_zone, region)
    if language not in LANGUAGES:
        raise CompanyRefusedError(f"{language!r} is not a language, such as en.")
    company = db.session.get_one(Company, tenancy.company_id())
    company.name, company.time_zone, company.region, company.language = name, time_zone, region, language
    db.session.commit()
    return company


def memberships_of(user_id: UUID) -> list[tuple[Company, Membership]]:
    """The companies that a person belongs to, oldest membership first."""
    with tenancy.person(user_id):
        found = db.session.execute(
            select(Company, Membership)
            .join(Membership, Membership.company_id == Company.id)
            .where(Membership.user_id == user_id)
            .order_by(Membership.created_at)
        )
        return [(company, membership) for company, membership in found]


def _check(name: str, time_zone: str, region: str) -> None:
    if not 0 < len(name) <= _NAME_CHARS:
        raise CompanyRefusedError(f"A company's name has from 1 to {_NAME_CHARS} characters.")
    if time_zone not in available_timezones():
        raise CompanyRefusedError(f"{time_zone!r} is not a time zone, such as America/New_York.")
    if region not in SUPPORTED_REGIONS:
        raise CompanyRefusedError(f"{region!r} is not a country with phone numbers, such as US.")
