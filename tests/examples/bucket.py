"""The bucket in which the bike sharing job finds its files."""

from collections.abc import Sequence

import boto3

from tests.job_warehouse import Warehouse

Rows = Sequence[tuple[object, ...]]
HEADERS = {
    "stations": "station_id,name,docks",
    "tariffs": "tariff_id,valid_from,price_per_minute",
    "trips": "trip_id,station_id,tariff_id,minutes",
    "relocations": "from_station_id,to_station_id,bikes",
}


class Bucket:
    """A bucket of a test's own; what sql/once.sql says is done for it in the test's warehouse."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=name)

    def prepare(self, warehouse: Warehouse, once: str) -> None:
        """Run the script with this bucket's name, statement by statement."""
        for statement in once.replace("bike-sharing-sample", self.name).split(";")[:-1]:
            warehouse.run(statement)

    def put(self, key: str, rows: Rows) -> None:
        """Put a CSV file under a key, `.csv` is added; its header is that of the key's first part."""
        lines = [HEADERS[key.partition("/")[0]], *(",".join(map(str, row)) for row in rows), ""]
        self.s3.put_object(Bucket=self.name, Key=f"{key}.csv", Body="\n".join(lines).encode())

    def close(self) -> None:
        """Delete the bucket."""
        for listed in self.s3.list_objects_v2(Bucket=self.name).get("Contents", []):
            self.s3.delete_object(Bucket=self.name, Key=listed["Key"])
        self.s3.delete_bucket(Bucket=self.name)
        self.s3.close()
