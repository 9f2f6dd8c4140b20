"""Credentials that end in the middle of a run."""

import asyncio
import os
import time
from random import Random

from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_aws import AwsCredentials

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.chaos.ground import Ground
from tests.chaos.trial import Trial, in_the_end, trial
from tests.chaos.verdict import Verdict

ROLE = "arn:aws:iam::123456789012:role/LoaderRole"
PROFILE = "[default]\naws_access_key_id = {}\naws_secret_access_key = secret\n"


def expiring_credentials(ground: Ground, dice: Random) -> Verdict:
    """End a role's credentials, or those of a file, during a run, which goes on, or is asked to end then."""
    admin = ground.place.admin
    with trial(ground.place) as one:
        one.set_pace(dice.choice((0.5, 1.5)))
        keys = _Role(one) if dice.random() < 0.6 else _File(one)
        attempt = one.begin()
        is_interrupted = False
        try:
            for _ in range(dice.randint(1, 2)):
                time.sleep(dice.uniform(0.3, ground.seconds()))
                keys.expire()
            if is_interrupted := dice.random() < 0.4:
                time.sleep(dice.uniform(0, 0.5))
                one.interrupt(attempt, dice.choice(("SIGTERM", "cancel")))
            good = one.ended(attempt)
            if is_interrupted:
                one.verdict.orphaned += [str(each) for each in one.judged.running()]
            elif not good:
                one.verdict.lost.append(f"it failed: {one.last_words()}")
        finally:
            admin.clear_faults()
        one.set_pace(0.15)
        return in_the_end(one, ground.tables(), good)


class _Keys:
    """The access keys that a run signs with."""

    def __init__(self, one: Trial) -> None:
        self._one = one
        self._judges = one.variables["AWS_ACCESS_KEY_ID"]

    def replace(self) -> None:
        """Have new ones where the run finds them."""

    def expire(self) -> None:
        """Have the service refuse those that were used so far."""
        self.replace()
        used = {str(call["access_key_id"]) for call in self._one.place.admin.calls()} - {self._judges}
        for key in used:
            self._one.place.admin.add_fault("error", code="ExpiredTokenException", access_key_id=key)


class _Role(_Keys):
    """Of a block that assumes a role."""

    def __init__(self, one: Trial) -> None:
        super().__init__(one)
        name = one.warehouse.database.replace("_", "-")
        block = RedshiftDataApi(
            workgroup_name="local-workgroup",
            database=one.warehouse.database,
            aws_credentials=AwsCredentials(assume_role_arn=ROLE, region_name="us-east-1"),
        )
        with temporary_settings({PREFECT_API_URL: one.place.api_url}):
            asyncio.run(block.asave(name))
        one.parameters["warehouse"] = name


class _File(_Keys):
    """Of a file that somebody renews."""

    def __init__(self, one: Trial) -> None:
        super().__init__(one)
        self._file = one.place.folder / f"{one.warehouse.database}-credentials"
        self._number = 0
        self.replace()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del one.variables[name]
        one.variables["AWS_SHARED_CREDENTIALS_FILE"] = os.fspath(self._file)

    def replace(self) -> None:
        self._number += 1
        self._file.write_text(PROFILE.format(f"{self._one.warehouse.database}{self._number}"))
