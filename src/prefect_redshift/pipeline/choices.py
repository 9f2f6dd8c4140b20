"""What a run of a job may be told to do otherwise."""

from typing import Literal

# if_missing: create what is missing. always: drop all tables first, history included. never: leave the tables alone.
Setup = Literal["if_missing", "always", "never"]
# none: the flow does the job. instead: a state machine does it. after: one is started when the flow has done it.
HandOff = Literal["none", "instead", "after"]
