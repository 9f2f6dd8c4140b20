"""The published rates, where they are asked for."""

import pytest

from local_aws.wire.rates import PER_SECOND, Rates
from local_aws.wire.service_errors import ApiError


def test_a_bucket_holds_a_second_s_calls_and_fills_again() -> None:
    now = 0.0
    rates = Rates(enforced=True, clock=lambda: now)
    for operation, rate in PER_SECOND.items():
        for _ in range(rate):
            rates.take(operation, "us-east-1")
        with pytest.raises(ApiError, match="ThrottlingException: Rate exceeded"):
            rates.take(operation, "us-east-1")
        rates.take(operation, "eu-west-1")
    now = 0.1
    for _ in range(3):
        rates.take("ExecuteStatement", "us-east-1")
    with pytest.raises(ApiError, match="Rate exceeded"):
        rates.take("ExecuteStatement", "us-east-1")
    rates.take("CancelStatement", "us-east-1")


def test_nothing_is_throttled_unasked() -> None:
    rates = Rates(enforced=False, clock=lambda: 0.0)
    for _ in range(1000):
        rates.take("ExecuteStatement", "us-east-1")
