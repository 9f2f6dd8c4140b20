"""Probes of the Data API itself: what it accepts, answers and refuses."""
