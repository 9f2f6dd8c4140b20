"""sp_load_dim_customer_address: SCD type 1."""

from datetime import date

import pytest

from tests.sql.warehouse import Row, Warehouse

LOAD = "call sp_load_dim_customer_address()"


@pytest.fixture
def addresses(warehouse: Warehouse) -> Warehouse:
    """The module's database with the dimension and the feed as after setup, but no other content of the feed."""
    warehouse.run("delete from src_customer_address")
    warehouse.run("delete from customer_address where ca_address_sk > 15")
    return warehouse


def delivery(address: str, day: str, street: str = "Main Street", city: str = "Springfield") -> Row:
    """Return a row of the feed."""
    return (address, date.fromisoformat(day), "1", street, city, "IL", "62700", "United States")


def address(warehouse: Warehouse, business_key: str) -> list[Row]:
    """Surrogate key, street and city of an address."""
    return warehouse.rows(
        "select ca_address_sk, ca_street_name, ca_city from customer_address where ca_address_id = :key",
        key=business_key,
    )


def test_the_sample(empty: Warehouse) -> None:
    empty.run("call sp_setup_sales_data_pipeline()")
    before = empty.rows("select * from customer_address")
    empty.run(LOAD)
    after = empty.rows("select * from customer_address")
    assert set(after) - set(before) == {
        (2, "ADDR0002", "222", "Oak Avenue", "Chicago", "IL", "60601", "United States"),
        (3, "ADDR0003", "33", "Main Street", "Springfield", "IL", "62799", "United States"),
        (16, "ADDR0016", "16", "Elm Street", "Peoria", "IL", "61602", "United States"),
        (17, "ADDR0017", "17", "Elm Street", "Peoria", "IL", "61602", "United States"),
    }
    assert {row[0] for row in set(before) - set(after)} == {2, 3}
    assert len(after) == 18


def test_only_what_changed_is_written(addresses: Warehouse) -> None:
    untouched = addresses.row_versions("customer_address where ca_address_id not in ('ADDR0004')")
    addresses.insert(
        "src_customer_address",
        [
            delivery("ADDR0004", "2026-01-01", "New Street"),
            ("ADDR0005", "2026-01-01", "55", "Main Street", "Springfield", "IL", "62705", "United States"),
        ],
    )
    addresses.run(LOAD)
    assert address(addresses, "ADDR0004") == [(4, "New Street", "Springfield")]
    assert addresses.row_versions("customer_address where ca_address_id not in ('ADDR0004')") == untouched


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ca_street_number", "9"),
        ("ca_street_name", "x"),
        ("ca_city", "x"),
        ("ca_state", "XX"),
        ("ca_zip", "0"),
        ("ca_country", "x"),
    ],
)
def test_each_column_counts_as_a_change(addresses: Warehouse, column: str, value: str) -> None:
    addresses.insert("src_customer_address", [delivery("ADDR0006", "2026-01-01")])
    addresses.run(LOAD)
    addresses.run(f"update src_customer_address set {column} = '{value}'")
    addresses.run(LOAD)
    assert addresses.rows(f"select {column} from customer_address where ca_address_id = 'ADDR0006'") == [
        (value,)
    ]


def test_of_several_deliveries_the_latest_wins(addresses: Warehouse) -> None:
    """Also for an address that is new: it is inserted once."""
    deliveries = [
        ("2026-02-10", "Second Street"),
        ("2026-03-10", "Third Street"),
        ("2026-01-10", "First Street"),
    ]
    addresses.insert(
        "src_customer_address",
        [delivery(key, day, street) for key in ("ADDR0007", "ADDR0700") for day, street in deliveries],
    )
    addresses.run(LOAD)
    assert address(addresses, "ADDR0007") == [(7, "Third Street", "Springfield")]
    assert address(addresses, "ADDR0700") == [(16, "Third Street", "Springfield")]


def test_of_two_deliveries_on_one_day_always_the_same_wins(addresses: Warehouse) -> None:
    """Which one is arbitrary, but a second run must not choose the other."""
    two = [delivery("ADDR0008", "2026-01-01", "A Street"), delivery("ADDR0008", "2026-01-01", "B Street")]
    for feed in (two, two[::-1], [*two, *two]):
        addresses.run("delete from src_customer_address")
        addresses.insert("src_customer_address", feed)
        addresses.run(LOAD)
        assert address(addresses, "ADDR0008") == [(8, "A Street", "Springfield")]


def test_new_addresses_are_numbered_on_without_gaps(addresses: Warehouse) -> None:
    for batch in (["ADDR0802", "ADDR0801"], [], ["ADDR0800", "ADDR0803"]):
        addresses.insert("src_customer_address", [delivery(key, "2026-01-01") for key in batch])
        addresses.run(LOAD)
    keys = addresses.rows(
        "select ca_address_id, ca_address_sk from customer_address where ca_address_id like 'ADDR08%' order by 2"
    )
    assert keys == [("ADDR0801", 16), ("ADDR0802", 17), ("ADDR0800", 18), ("ADDR0803", 19)]


def test_a_second_run_writes_nothing(addresses: Warehouse) -> None:
    addresses.insert(
        "src_customer_address",
        [delivery("ADDR0009", "2026-01-01", "Elsewhere"), delivery("ADDR0900", "2026-01-01")],
    )
    addresses.run(LOAD)
    before = addresses.contents("customer_address"), addresses.row_versions("customer_address")
    addresses.run(LOAD)
    assert (addresses.contents("customer_address"), addresses.row_versions("customer_address")) == before


def test_the_unknown_address_stays(addresses: Warehouse) -> None:
    addresses.run(LOAD)
    assert address(addresses, "UNKNOWN") == [(-1, "unknown", "unknown")]


def test_into_an_empty_dimension(empty: Warehouse) -> None:
    """Keys begin at 1 where only the unknown member is, and where not even that is."""
    empty.run("call sp_setup_sales_data_pipeline()")
    for kept in ("ca_address_sk < 0", "1 = 0"):
        empty.run(f"delete from customer_address where not ({kept})")
        empty.run(LOAD)
        keys = empty.rows("select ca_address_sk from customer_address where ca_address_sk > 0 order by 1")
        assert keys == [(1,), (2,), (3,), (4,), (5,)]


NULLABLE = (
    "ca_street_number varchar(10), ca_street_name varchar(60), ca_city varchar(60), ca_state char(2), ca_zip"
)
NULLABLE += " varchar(10), ca_country varchar(20)"


@pytest.fixture
def nullable(empty: Warehouse) -> Warehouse:
    """A database of one's own tables, whose columns may hold NULL."""
    empty.run(f"create table customer_address (ca_address_sk bigint, ca_address_id varchar(16), {NULLABLE})")
    empty.run(
        f"create table src_customer_address (ca_address_id varchar(16), ca_updated_on date, {NULLABLE})"
    )
    empty.insert("customer_address", [(1, "ADDR0001", "1", None, "Peoria", "IL", None, "United States")])
    return empty


@pytest.mark.parametrize(
    ("street", "city", "updated"),
    [
        ("Oak Avenue", "Peoria", 1),
        (None, None, 1),
        ("Oak Avenue", None, 1),
        (None, "Peoria", 0),
        (None, "Peoria  ", 0),
    ],
    ids=["NULL to a value", "a value to NULL", "both", "unchanged", "only blanks at the end"],
)
def test_a_change_from_or_to_null_is_one(
    nullable: Warehouse, street: str | None, city: str | None, updated: int
) -> None:
    nullable.insert(
        "src_customer_address",
        [("ADDR0001", date(2026, 1, 1), "1", street, city, "IL", None, "United States")],
    )
    before = nullable.row_versions("customer_address")
    assert nullable.result(nullable.run(LOAD)) == [(0, updated)]
    assert (nullable.row_versions("customer_address") != before) == bool(updated)
    if updated:
        assert address(nullable, "ADDR0001") == [(1, street, city)]
    assert nullable.result(nullable.run(LOAD)) == [(0, 0)]
