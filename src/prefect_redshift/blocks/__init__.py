"""The block types, and nothing else: Prefect imports this module wherever it loads collections, its servers too."""

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine

__all__ = ["RedshiftDataApi", "StateMachine"]
