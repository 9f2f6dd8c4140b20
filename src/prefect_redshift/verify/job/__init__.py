"""A job among the probes: its steps, ranges of days and checks."""
