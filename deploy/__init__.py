"""The deployments of prefect.yaml elsewhere: `python -m deploy` writes ecs.yaml and managed.yaml."""
