# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from tracked_studio import make_tracked_film


@pytest.fixture(scope="session")
def tracked(tmp_path_factory):
    """A tracked film of 48 pictures at 96 pixels."""
    return make_tracked_film(tmp_path_factory.mktemp("tracked"))
