"""The pauses between polls."""

import pytest

from prefect_redshift.aws.polling import Pace


def test_pauses_grow_with_the_time_waited_and_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("prefect_redshift.aws.polling.time.monotonic", lambda: now)
    pace = Pace(started=now)
    for waited, longest in ((0, 0.1), (10, 1.0), (3600, 5.0)):
        now = 1000.0 + waited
        assert 0.75 * longest <= pace.pause() <= longest
