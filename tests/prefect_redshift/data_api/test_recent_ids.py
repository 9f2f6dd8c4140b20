"""The memory of statements is bounded."""

from prefect_redshift.data_api.running.recent_ids import RecentIds


def test_the_oldest_are_forgotten() -> None:
    ids = RecentIds(limit=3)
    for statement_id in ("a", "b", "c", "a", "d"):
        ids.add(statement_id)
    assert [statement_id for statement_id in "abcd" if statement_id in ids] == ["a", "c", "d"]
    assert len(ids) == 3
