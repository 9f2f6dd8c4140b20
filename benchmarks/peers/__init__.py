"""The clients that are measured side by side, each a process of its own, driven alike."""

# The global concurrency limit by which our processes share the rates.
SHARED_LIMIT = "redshift-data"
