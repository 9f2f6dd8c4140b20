"""COPY and UNLOAD between tables and the stand-in's S3."""
