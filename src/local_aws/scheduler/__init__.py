"""EventBridge Scheduler's part that moto lacks: schedules that fire."""
