"""This project's stored blocks. `python -m blocks` registers their types, stores them and checks them."""

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine

__all__ = ["RedshiftDataApi", "StateMachine"]
