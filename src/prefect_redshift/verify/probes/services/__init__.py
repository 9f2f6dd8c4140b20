"""Probes of other services that the library has to do with: Step Functions, EventBridge, Secrets Manager."""
