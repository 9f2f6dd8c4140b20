"""Pipeline runs under every fault: `python -m tests.chaos` in full, `test_chaos.py` in short."""
