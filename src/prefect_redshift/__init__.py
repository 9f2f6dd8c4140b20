"""Run SQL jobs on Amazon Redshift from Prefect through the Redshift Data API.

The block types are imported when they are first asked for: what speaks to AWS (`prefect_redshift.data_api`,
`prefect_redshift.step_functions`) imports no Prefect, and the pytest plugin nothing at all.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect_redshift.blocks import RedshiftDataApi, StateMachine

__all__ = ["RedshiftDataApi", "StateMachine"]
__version__ = "0.2.0"

if not TYPE_CHECKING:  # a type checker would take every name for one of these

    def __getattr__(name: str) -> object:
        """Import a block type (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from prefect_redshift import blocks

        return getattr(blocks, name)

    def __dir__() -> list[str]:
        """List the block types as well: `prefect block register -m prefect_redshift` goes by this."""
        return sorted({*globals(), *__all__})
