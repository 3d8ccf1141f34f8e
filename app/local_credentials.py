"""Credentials that the application and the local carrier share when no real ones are set.

They are derived from `SECRET_KEY`, so both processes know them and nobody else does: an installation that forgot
to set its provider credentials does not accept callbacks signed with a key printed in this repository.
"""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def derive(secret_key: str, purpose: str) -> str:
    """64 hex digits that only a holder of `secret_key` can compute, different for each `purpose`."""
    return hmac.new(secret_key.encode(), f"carillon-local:{purpose}".encode(), hashlib.sha256).hexdigest()


def sendgrid_signing_key(secret_key: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key with which the local carrier signs its event webhook."""
    scalar = int(derive(secret_key, "sendgrid-events"), 16) % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def sendgrid_public_key(secret_key: str) -> str:
    """The public half in the form SendGrid shows it: base64 of the DER SubjectPublicKeyInfo, no PEM armour."""
    der = (
        sendgrid_signing_key(secret_key)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()
