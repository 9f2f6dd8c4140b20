"""The stand-in's own API under `/_local_aws/`: faults, history, reset."""
