"""The stored block of the state machine, to which a deployment hands off."""

NAME = "sales-state-machine"
