# The project for work pools that start containers, such as deploy/ecs.yaml: only what a run needs, and no root.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1
WORKDIR /opt/sales-etl

# The packages first: they change seldom, and their layer is kept.
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt

COPY blocks blocks
COPY flows flows
COPY sql sql

RUN useradd --create-home --uid 1000 etl
USER etl
