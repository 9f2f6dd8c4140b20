"""AWS's JSON 1.1 protocol, driven by botocore's own service model."""
