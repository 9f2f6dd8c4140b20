"""The files under one prefix of a bucket: what the flow and the state machine read, and the machine's definition."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.infra_error import InfraError

# Marks what was uploaded, and a bucket that was made for it: that may go again.
_MADE_BY = {"made-by": "prefect-redshift-data-api-etl"}
_TAG = {"Key": "made-by", "Value": _MADE_BY["made-by"]}


class Uploads:
    """What lies under one prefix of a bucket."""

    def __init__(self, s3: Any, bucket: str, prefix: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._prefix = prefix

    def key(self, name: str) -> str:
        """Return the key of the file `name`."""
        return f"{self._prefix}/{name}"

    def upload(self, files: Mapping[str, bytes], *, create_bucket: bool = False) -> list[str]:
        """Put the files there, and return their keys (API: PutObject).

        Raises:
            InfraError: There is no such bucket, and it is not to be created.
        """
        contents = {self.key(name): content for name, content in files.items()}
        if not self._bucket_is_there():
            if not create_bucket:
                raise InfraError(f"There is no bucket {self._bucket}: create it, or add --create-bucket.")
            self._create_bucket()
        for key, content in contents.items():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, Metadata=_MADE_BY)
        return list(contents)

    def delete(self) -> tuple[list[str], list[str]]:
        """Remove what was uploaded, and the bucket if `upload` created it; return keys removed, and left alone."""
        if not self._bucket_is_there():
            return [], []
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}/"
        )
        keys = [listed["Key"] for page in pages for listed in page.get("Contents", [])]
        ours = [key for key in keys if self._is_ours(key)]
        for key in ours:
            self._s3.delete_object(Bucket=self._bucket, Key=key)
        if self._is_made_by_us() and not self._s3.list_objects_v2(Bucket=self._bucket, MaxKeys=1).get(
            "Contents"
        ):
            self._s3.delete_bucket(Bucket=self._bucket)
        return ours, [key for key in keys if key not in ours]

    def _is_ours(self, key: str) -> bool:
        metadata = self._s3.head_object(Bucket=self._bucket, Key=key)["Metadata"]
        return bool(metadata.items() >= _MADE_BY.items())

    def _bucket_is_there(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                return False
            raise
        return True

    def _create_bucket(self) -> None:
        region = self._s3.meta.region_name
        # us-east-1 is the one region that must not be named.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._s3.create_bucket(Bucket=self._bucket, **where)
        self._s3.put_bucket_tagging(Bucket=self._bucket, Tagging={"TagSet": [_TAG]})

    def _is_made_by_us(self) -> bool:
        try:
            return _TAG in self._s3.get_bucket_tagging(Bucket=self._bucket)["TagSet"]
        except ClientError:
            return False
