"""API keys: made, shown once, checked, revoked.

A key reads `crl_<company>_<key>_<secret>`. It names its company so that checking it is one look-up inside that
company, under row security; only the secret's digest is kept (it is long and random, so a plain SHA-256 is enough).
"""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import ApiKey

_LAST_USED_GRAIN = timedelta(minutes=1)


def issue_key(name: str, created_by: UUID | None) -> tuple[ApiKey, str]:
    """Makes a key for the bound company and commits. The text is returned here and never again."""
    secret = secrets.token_hex(24)
    key = ApiKey(
        company_id=tenancy.company_id(),
        name=name,
        secret_hash=_digest(secret),
        hint=secret[-4:],
        created_by=created_by,
    )
    db.session.add(key)
    db.session.commit()
    return key, f"crl_{_short(key.company_id)}_{_short(key.id)}_{secret}"


def check_key(text: str) -> ApiKey | None:
    """The live key that `text` is, or None. Notes that it was used, to the minute."""
    match text.split("_"):
        case ["crl", company, key_id, secret]:
            pass
        case _:
            return None
    company_id, id_ = _long(company), _long(key_id)
    if company_id is None or id_ is None:
        return None
    with tenancy.company(company_id):
        key = tenancy.find(ApiKey, id_)
        if key is None or key.revoked_at or not hmac.compare_digest(key.secret_hash, _digest(secret)):
            return None
        if key.last_used_at is None or now() - key.last_used_at > _LAST_USED_GRAIN:
            key.last_used_at = now()
            db.session.commit()
        return key


def revoke_key(key_id: UUID) -> ApiKey:
    """Ends a key of the bound company for good, and commits. Raises `tenancy.NotFoundError`."""
    key = tenancy.get(ApiKey, key_id)
    key.revoked_at = key.revoked_at or now()
    db.session.commit()
    return key


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _short(id_: UUID) -> str:
    return base64.b32encode(id_.bytes).decode().rstrip("=").lower()


def _long(short: str) -> UUID | None:
    try:
        return UUID(bytes=base64.b32decode(short.upper() + "=" * (-len(short) % 8)))
    except ValueError:
        return None
