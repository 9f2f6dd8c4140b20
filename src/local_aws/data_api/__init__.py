"""The Redshift Data API's operations."""
