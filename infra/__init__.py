"""What AWS runs by itself: the state machine, its template, and the commands that deploy and run it."""
