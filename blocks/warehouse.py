"""The stored block of the warehouse, which a deployment names."""

NAME = "sales-warehouse"
