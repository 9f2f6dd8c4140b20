"""Where AWS's own console is."""

# The partitions that have a console of their own, by how their regions begin.
_DOMAINS = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}


def console_host(region: str) -> str:
    """Return the host of the console of a region."""
    domain = next(
        (name for start, name in _DOMAINS.items() if region.startswith(start)), "console.aws.amazon.com"
    )
    return f"{region}.{domain}"
