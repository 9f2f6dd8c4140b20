"""The data directory: claimed by one process, wiped with care."""

from pathlib import Path

import pytest

from local_aws.data_api.records.store import Store
from local_aws.engine import identity
from local_aws.folder import DataFolder, socket_folder
from local_aws.start_errors import AlreadyServedError
from tests.local_aws.test_answers import statement


def test_its_files_are_its_owners_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new")
    folder.claim()
    folder.announce("http://127.0.0.1:1")
    Store(folder.statements).close()
    folder.wipe()
    Store(folder.statements).close()
    socket_folder(identity.current(), folder).rmdir()
    try:
        files = [file for file in folder.path.iterdir() if file.is_file()]
        assert {file.name for file in files} >= {
            "statements.sqlite",
            "endpoint.json",
            "server.log",
            "postgres.log",
            "socket-folder",
        }
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        assert folder.path.stat().st_mode & 0o066 == 0
    finally:
        folder.withdraw()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.claim()
    assert second.served_by() is None  # not announced yet
    first.announce("http://127.0.0.1:1")
    served = second.served_by()
    assert served
    assert served.url == "http://127.0.0.1:1"
    with pytest.raises(AlreadyServedError, match="already served by pid"):
        second.claim()
    first.withdraw()
    assert second.served_by() is None
    second.claim()
    second.withdraw()


def test_a_stale_endpoint_is_no_endpoint(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "endpoint.json").write_text('{"pid": 1, "url": "http://127.0.0.1:1"}')
    folder = DataFolder(tmp_path)
    assert folder.served_by() is None
    folder.claim()
    assert not (tmp_path / "endpoint.json").exists()
    folder.withdraw()


def test_wiping_touches_only_what_is_the_stand_ins(tmp_path: Path) -> None:
    for name in ("postgres", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "statements.sqlite").touch()
    DataFolder(tmp_path).wipe()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["mine"]


def test_history_is_forgotten_after_24_hours_and_tokens_after_8(tmp_path: Path) -> None:
    store = Store(tmp_path / "statements.sqlite")
    old, older = statement("FINISHED"), statement("FINISHED")
    old.created_at -= 9 * 3600
    older.id, older.token, older.created_at = "older", "t2", older.created_at - 25 * 3600
    for one in (old, older):
        one.move("FINISHED")
        store.save(one)
        store.add_page(one.id, 0, 0, b"[]")
    assert store.get(old.id) == old
    assert store.by_token("t") is None
    assert store.get("older") is None
    store.expire()
    assert store.page(old.id, 0, 0) == (b"[]", False)
    assert store.page("older", 0, 0) is None
    store.close()
