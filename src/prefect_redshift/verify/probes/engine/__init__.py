"""Probes of the engine: its SQL, procedures, tables and errors."""
