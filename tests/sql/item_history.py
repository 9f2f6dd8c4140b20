"""What an item's versions have to be, computed in the simplest way: a dictionary from first day to version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

Delivery = tuple[str, date, Decimal]


@dataclass
class Version:
    """One version of an item."""

    sk: int
    price: Decimal


@dataclass
class ItemHistory:
    """The dimension: `deliver` adds to the feed, `load` is sp_load_dim_item."""

    versions: dict[str, dict[date, Version]] = field(default_factory=dict)
    prices: dict[str, dict[date, Decimal]] = field(default_factory=dict)
    last_sk: int = 0

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Of several prices for one day the highest counts."""
        for item, day, price in deliveries:
            known = self.prices.setdefault(item, {})
            known[day] = max(price, known.get(day, price))

    def load(self) -> None:
        """Go through each item's days in order; surrogate keys are given in the same order."""
        for item in sorted(self.prices):
            versions = self.versions.setdefault(item, {})
            price_before: Decimal | None = None
            for day in sorted({*versions, *self.prices[item]}):
                version = versions.get(day)
                price = self.prices[item].get(day, version.price if version else Decimal(0))
                if version:
                    version.price = price
                elif price != price_before:
                    self.last_sk += 1
                    versions[day] = Version(self.last_sk, price)
                price_before = price

    def rows(self) -> list[tuple[int, str, date, date | None, Decimal]]:
        """Surrogate key, item, first day, last day and price of each version, by surrogate key."""
        rows = []
        for item, versions in self.versions.items():
            days = sorted(versions)
            for day, following in zip(days, [*days[1:], None], strict=True):
                last = following - timedelta(days=1) if following else None
                rows.append((versions[day].sk, item, day, last, versions[day].price))
        return sorted(rows)
