"""The few operations of Redshift's control planes that a user of the Data API meets."""
