"""The warehouse's engine: a private PostgreSQL, spoken to through libpq."""
