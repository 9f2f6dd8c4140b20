"""SQL texts: what they are made of, and how values are bound to their parameters."""
