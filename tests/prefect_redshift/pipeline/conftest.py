"""A warehouse of its own for each test."""

from tests.job_warehouse import warehouse

__all__ = ["warehouse"]
