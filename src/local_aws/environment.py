"""The environment variables that point an AWS SDK at the stand-in."""

from local_aws.identity import REGION


def environment(url: str) -> dict[str, str]:
    """Return the variables; any credentials would do but those that the stand-in refuses on purpose."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
