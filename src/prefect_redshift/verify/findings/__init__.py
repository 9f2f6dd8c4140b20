"""What was found: expectations, the report for a person, and the file that can be committed."""
