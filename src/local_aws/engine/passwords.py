"""Passwords as PostgreSQL keeps them."""

import hashlib
import hmac
from base64 import b64decode


def matches(kept: str, user: str, password: str) -> bool:
    """Tell whether a password is the one of which `kept` is the verifier."""
    if kept.startswith("md5"):
        digest = hashlib.md5((password + user).encode(), usedforsecurity=False).hexdigest()
        return hmac.compare_digest(kept, f"md5{digest}")
    # SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>, RFC 5803.
    _, how, keys = kept.split("$")
    iterations, salt = how.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(iterations))
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return hmac.compare_digest(hashlib.sha256(client_key).digest(), b64decode(keys.split(":")[0]))
