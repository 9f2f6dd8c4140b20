"""Run SQL jobs on Amazon Redshift from Prefect through the Redshift Data API.

Prefect imports this package where it loads collections: block types only, so that a server starts fast.
"""

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine

__all__ = ["RedshiftDataApi", "StateMachine"]
__version__ = "0.2.0"
