"""Cancelling statements, and confirming that they have ended."""
