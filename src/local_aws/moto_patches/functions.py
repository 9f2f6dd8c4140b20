"""Lambda: functions in Python run as processes of this machine, where moto wants Docker."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from typing import Any

from moto.awslambda.models import LambdaFunction

from local_aws.moto_patches import replace

# What a function prints is its log, what it returns goes out alone.
RUN = """
import importlib, json, os, sys, types
answer, sys.stdout = sys.stdout, sys.stderr
sys.path.insert(0, os.getcwd())
module, _, name = sys.argv[1].rpartition(".")
event, context = json.load(sys.stdin)
context = types.SimpleNamespace(**context, get_remaining_time_in_millis=lambda: 1000 * int(sys.argv[2]))
json.dump(getattr(importlib.import_module(module.replace("/", ".")), name)(event, context), answer)
"""


def apply() -> None:
    """Run them."""
    replace(LambdaFunction, _invoke_lambda=_run)


def _run(function: Any, event: Any = None) -> tuple[str, bool, str]:
    if not str(function.run_time).startswith("python"):
        return _failure(f"local stand-in does not support the runtime {function.run_time}"), True, ""
    context = {
        "function_name": function.function_name,
        "invoked_function_arn": function.function_arn,
        "aws_request_id": "local",
        "log_stream_name": "local",
    }
    with tempfile.TemporaryDirectory(prefix="local_aws-function-") as folder:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
        try:
            done = subprocess.run(  # noqa: S603 - it is the user's own code that is to run
                [sys.executable, "-c", RUN, function.handler, str(function.timeout)],
                input=json.dumps([event or {}, context]),
                cwd=folder,
                env={**os.environ, **function.environment_vars},
                capture_output=True,
                text=True,
                timeout=float(function.timeout),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _failure(f"Task timed out after {function.timeout} seconds"), True, ""
    if done.returncode:
        return _failure((done.stderr.strip().splitlines() or [""])[-1]), True, done.stderr
    return done.stdout, False, done.stderr


def _failure(words: str) -> str:
    return json.dumps({"errorMessage": words})
