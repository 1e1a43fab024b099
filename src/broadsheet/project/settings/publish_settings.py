"""The keys of `broadsheet: publish:`: the places that the site is published to.

Each has a name, and is an address, or a mapping with the address under `to`. The kinds of addresses are in
:mod:`broadsheet.publish.address`. Secrets do not belong in a file, so a target with a secret is refused,
and the message does not show it.
"""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from broadsheet.processes.secret_values import is_secret
from broadsheet.project.settings.setting_models import Settings, alone
from broadsheet.project.settings.setting_patterns import ENDPOINT_FORM, TARGET_FORM

PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@|(?<=https://)[^/@\s]+@|(?<=http://)[^/@\s]+@")
"""A password or a token in an address."""
NO_SECRET = "leave it to the environment, an SSH agent, git's credential helper or an AWS profile"
"""The remedy for a secret in a file."""


class PublishTarget(Settings):
    """A target under `broadsheet: publish:`."""

    to: str = Field(min_length=1)
    """The address of the target: a branch of git, a folder, a server, a storage."""
    endpoint: str | None = Field(default=None, pattern=ENDPOINT_FORM)
    """The address of the API of a storage that is not Amazon's."""
    profile: str | None = None
    """The profile in `~/.aws/` that has the keys of the storage."""

    @model_validator(mode="after")
    def _has_no_secret(self) -> Self:
        for key in self.model_extra or {}:
            if is_secret(key.replace("-", "_")):
                raise ValueError(
                    f"`{key}` is a secret, which does not belong in a file; {NO_SECRET}"
                )
        if PASSWORD.search(self.to):
            raise ValueError(
                f"`to` has a password in it, which does not belong in a file; {NO_SECRET}"
            )
        return self


TargetName = Annotated[str, Field(pattern=TARGET_FORM)]
"""A name that cannot be an address: without slash, colon and dot."""
PublishTargets = dict[TargetName, Annotated[PublishTarget, alone("to")]]
