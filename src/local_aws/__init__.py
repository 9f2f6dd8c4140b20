"""A stand-in for Amazon Redshift's Data API and the AWS around it, on this machine: see README.md."""

from local_aws.admin.client import Admin
from local_aws.folder import Served
from local_aws.launcher import running, starting

__all__ = ["Admin", "Served", "running", "starting"]
