"""The pace of calls: as fast as the service allows, and slower where others use up what it allows."""
