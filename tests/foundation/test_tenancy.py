"""A company sees its own rows, in code and in the database."""

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import tenancy
from app.extensions import db
from app.models import Campaign, CampaignFile, Company, Membership, Message, RecordBlock, Role, User, new_id
from tests import factories

TENANT_TABLES = sorted(name for name, table in db.metadata.tables.items() if "company_id" in table.columns)


def test_another_companys_row_is_not_found(company: Company, other_company: Company) -> None:
    source = factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    with tenancy.company(other_company.id):
        assert tenancy.find(type(source), source.id) is None
        with pytest.raises(tenancy.NotFoundError):
            tenancy.get(type(source), source.id)


def test_a_query_that_forgot_the_company_sees_only_the_bound_one(company: Company, other_company: Company) -> None:
    factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    forgetful = select(RecordBlock)
    assert len(db.session.scalars(forgetful).all()) == 1
    with tenancy.company(other_company.id):
        assert db.session.scalars(forgetful).all() == []


def test_with_no_company_bound_nothing_is_seen(app: object, owner: User) -> None:
    company = factories.company("Northside", owner)
    with tenancy.company(company.id):
        factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    assert db.session.scalars(select(RecordBlock)).all() == []
    with pytest.raises(tenancy.NoCompanyError):
        tenancy.rows(Message)


def test_a_row_cannot_be_written_into_another_company(company: Company, other_company: Company) -> None:
    db.session.add(Campaign(company_id=other_company.id, id=new_id(), name="smuggled"))
    with pytest.raises(DBAPIError, match="row-level security"):
        db.session.commit()
    db.session.rollback()


def test_a_child_cannot_point_into_another_company(company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    mine = Campaign(company_id=company.id, id=new_id(), name="mine")
    db.session.add(mine)
    db.session.flush()
    db.session.add(CampaignFile(company_id=company.id, campaign_id=mine.id, data_source_id=theirs.id, position=0))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_a_sweep_reads_everywhere_and_writes_nowhere(company: Company, other_company: Company) -> None:
    source = factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    with tenancy.everywhere():
        assert db.session.scalars(select(type(source).id)).all() == [source.id]
        changed = db.session.execute(text("UPDATE data_sources SET filename = 'theirs.csv'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]


def test_a_person_sees_their_memberships_before_a_company_is_chosen(
    app: object, owner: User, other_company: Company
) -> None:
    mine = factories.company("Northside", owner)
    with tenancy.person(owner.id):
        seen = db.session.scalars(select(Membership)).all()
    assert [(one.company_id, one.role) for one in seen] == [(mine.id, Role.OWNER)]


def test_the_scope_comes_back_after_a_transaction_failed(company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id), pytest.raises(DBAPIError):
        db.session.execute(text("SELECT 1/0"))
    factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    assert len(db.session.scalars(select(RecordBlock)).all()) == 1


def test_the_application_is_not_above_row_security(app: object) -> None:
    above = db.session.execute(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")).one()
    assert tuple(above) == (False, False)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_every_tenant_table_forces_row_security(app: object, table: str) -> None:
    state = db.session.execute(
        text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:table)"),
        {"table": table},
    ).one()
    assert tuple(state) == (True, True)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_company_leads_every_tenant_key(app: object, table: str) -> None:
    about = inspect(db.engine)
    keys = [about.get_pk_constraint(table)["constrained_columns"]]
    keys += [key["column_names"] for key in about.get_unique_constraints(table)]
    assert all(key[0] == "company_id" for key in keys)
