"""A Prefect flow that does nothing, on the temporary server that Prefect starts by itself."""

from prefect import flow


@flow
def nothing() -> None:
    """Do nothing."""


if __name__ == "__main__":
    nothing()
