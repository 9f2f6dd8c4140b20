# The project for work pools that start containers, such as deploy/ecs.yaml: only what a run needs, and no root.
# The digest names an index of all platforms. To renew: `docker buildx imagetools inspect python:3.11-slim-trixie` prints it.
FROM python:3.11.16-slim-trixie@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7

ENV PYTHONUNBUFFERED=1
WORKDIR /opt/sales-etl

# The packages first: they change rarely, so their layer is cached.
COPY requirements/run.txt requirements/run.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/run.txt

# Then the library, without dependencies and with the build backend that is among the packages: pip cannot check the hash of
# a folder.
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

COPY blocks blocks
COPY flows flows
COPY sql sql

RUN useradd --create-home --uid 1000 etl
USER etl
