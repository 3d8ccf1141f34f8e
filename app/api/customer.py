"""`GET /customer`: whose key this is."""

from app import tenancy
from app.api import schemas
from app.api.guard import room
from app.extensions import db
from app.models import Company

blueprint = room("customer", "The company that the key belongs to")


@blueprint.get("/customer")
@blueprint.response(200, schemas.Customer)
def customer() -> Company:
    """The company that the key belongs to."""
    return db.session.get_one(Company, tenancy.company_id())
