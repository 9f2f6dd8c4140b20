"""What a day's sales have to become, computed row by row from what the source and the dimensions hold."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.sql.warehouse import Row, Warehouse

LOAD = "call sp_load_fact_sales(cast(:run_date as date))"
TWICE = "ticket line delivered twice"
UNKNOWN_ITEM = "unknown item"
NO_VERSION = "no item version on the day of sale"


@dataclass
class Day:
    """The rows of one day in a table, each with how often it is there."""

    facts: "Counter[Row]"
    rejected: "Counter[Row]"

    @property
    def reasons(self) -> "Counter[str]":
        """How many rows were rejected for each reason."""
        reasons: Counter[str] = Counter()
        for row, number in self.rejected.items():
            reasons[row[-1]] += number
        return reasons


def load(warehouse: Warehouse, day: date) -> Day:
    """Load a day and return what the tables then hold for it."""
    warehouse.run(LOAD, run_date=day.isoformat())
    return found(warehouse, day)


def found(warehouse: Warehouse, day: date) -> Day:
    """Return what the tables hold for a day."""
    facts = warehouse.rows(
        "select * from store_sales where ss_sold_date_sk = :day::integer", day=f"{day:%Y%m%d}"
    )
    rejected = warehouse.rows(
        "select ss_sold_date, ss_store_sk, ss_ticket_number, i_item_id, c_customer_id, ss_quantity, ss_sales_price,"
        " reason from store_sales_rejected where ss_sold_date = :day::date",
        day=day.isoformat(),
    )
    return Day(Counter(facts), Counter(rejected))


class Dimensions:
    """The dimensions as they are when this is made."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.customers = {
            key: (customer, address)
            for key, customer, address in warehouse.rows(
                "select c_customer_id, c_customer_sk, c_current_addr_sk from customer"
            )
        }
        self.versions = warehouse.rows(
            "select i_item_id, i_rec_start_date, i_rec_end_date, i_item_sk from item"
        )

    def expected(self, warehouse: Warehouse, day: date) -> Day:
        """Return what a day's sales have to become."""
        sales = warehouse.rows(
            "select * from src_store_sales where ss_sold_date = :day::date", day=day.isoformat()
        )
        result = Day(Counter(), Counter())
        loaded: set[Any] = set()
        for sale in sorted(sales, key=lambda sale: (*sale[1:4], *sale[5:7], sale[4])):
            reason = self._reason(sale, loaded)
            loaded.add(sale[1:4])
            if reason:
                result.rejected[(*sale, reason)] += 1
            else:
                result.facts[self._fact(sale)] += 1
        return result

    def _reason(self, sale: Row, loaded: set[Any]) -> str | None:
        """Why a sale cannot be a fact."""
        if sale[1:4] in loaded:
            return TWICE
        if self._version(sale[3], sale[0]) is None:
            return NO_VERSION if any(item == sale[3] for item, *_ in self.versions) else UNKNOWN_ITEM
        return None

    def _fact(self, sale: Row) -> Row:
        day, store, ticket, item, customer, quantity, price = sale
        customer_sk, address_sk = self.customers.get(customer, (-1, -1))
        item_sk = self._version(item, day)
        return (
            int(f"{day:%Y%m%d}"),
            item_sk,
            customer_sk,
            address_sk,
            store,
            ticket,
            quantity,
            price,
            quantity * price,
        )

    def _version(self, item: str, day: date) -> Any:
        """Return the surrogate key of an item's version on a day."""
        for name, first, last, key in self.versions:
            if name == item and first <= day and (last is None or day <= last):
                return key
        return None
