"""Questions to AWS: each assumption of this library, asked of an endpoint."""
