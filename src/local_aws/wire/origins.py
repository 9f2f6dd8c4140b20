"""Keeps web pages out: any page that this machine's browser shows can send requests to this port."""

from collections.abc import Mapping

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
# What a browser says of its own address bar and of pages that came from here.
OWN_SITES = frozenset({b"none", b"same-origin"})


def refusal(headers: Mapping[bytes, bytes]) -> str | None:
    """Return why a request is refused, None for one of this machine's own programs.

    A page that makes its own name lead here (DNS rebinding) has a foreign Host; any other page has a foreign Origin,
    or, where it only loads something, a Sec-Fetch-Site.
    """
    host = headers.get(b"host", b"").decode("latin-1").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    # Names below localhost are those of buckets; no resolver gives them to anybody else.
    if name not in HOSTS and not name.endswith(".localhost"):
        return f"the host {host or '(none)'} is not this machine"
    origin = headers.get(b"origin")
    is_foreign = origin is not None and origin.decode("latin-1").lower() != f"http://{host}"
    is_foreign |= headers.get(b"sec-fetch-site", b"none") not in OWN_SITES
    return "requests of web pages are refused" if is_foreign else None
