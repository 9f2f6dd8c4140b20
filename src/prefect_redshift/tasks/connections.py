"""Which warehouse a run works on."""

from typing import TypeVar

from httpx import InvalidURL
from prefect.blocks.core import Block

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import PipelineError

B = TypeVar("B", bound=Block)


async def connect(block_name: str | None) -> RedshiftDataApi:
    """Return the connection that a block of that name holds or, without a name, that the environment names.

    Raises:
        PipelineError: There is no such block, or the environment names no warehouse.
    """
    if block_name is not None:
        return await load_block(RedshiftDataApi, block_name)
    try:
        warehouse = RedshiftDataApi.from_environment()
    except ValueError as error:
        raise PipelineError(f"REDSHIFT_… variables: {first_reason(error)}") from error
    if warehouse is None:
        raise PipelineError(
            "No warehouse is named: pass the name of a redshift-data-api block as `warehouse`, or set "
            "REDSHIFT_CLUSTER_IDENTIFIER or REDSHIFT_WORKGROUP_NAME."
        )
    return warehouse


def first_reason(error: ValueError) -> str:
    """Return the first line of what pydantic, or whoever else raised it, has to say about the values."""
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if callable(errors) else str(error)


async def load_block(block_type: type[B], block_name: str) -> B:
    """Return the stored block of that type and name.

    Raises:
        PipelineError: There is none.
    """
    slug = block_type.get_block_type_slug()
    try:
        loaded = await block_type.aload(block_name)
    except (ValueError, InvalidURL) as error:
        raise PipelineError(
            f"There is no block {slug}/{block_name}. `prefect block ls` lists what there is. To create it in the "
            "Prefect UI, make its type known there once by `prefect block register -m prefect_redshift`; in Python it "
            f'is {block_type.__name__}(...).save("{block_name}").'
        ) from error
    if not isinstance(loaded, block_type):
        raise PipelineError(f"The block {block_name} is no {block_type.__name__} block.")
    return loaded
