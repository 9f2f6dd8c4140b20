"""Data frames in and out by files in S3: COPY and UNLOAD of Parquet. Imports no Prefect."""
