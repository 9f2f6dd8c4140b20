"""The pauses between retries."""

from prefect_redshift.aws.retries import backoff


def test_a_retry_waits_longer_and_longer_but_never_long() -> None:
    assert all(0 <= backoff(attempt) <= min(5.0, 0.1 * 2**attempt) for attempt in range(1000))
