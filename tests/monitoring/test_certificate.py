"""What the metrics say of the TLS certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import trustme
from prometheus_client.parser import text_string_to_metric_families

from tests.house import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

EARLY, LATE = datetime(2040, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)


def issue(directory: Path, expires: datetime) -> None:
    """Write a certificate and its key, in place of those that are there."""
    issued = trustme.CA().issue_cert("127.0.0.1", not_after=expires)
    issued.private_key_pem.write_to_path(directory / "key.pem")
    issued.cert_chain_pems[0].write_to_path(directory / "cert.pem")


async def expiry(daemon: Daemon) -> float:
    """Return what the metrics say."""
    families = text_string_to_metric_families((await daemon.http("/metrics")).text)
    (sample,) = next(f for f in families if f.name == "wad_tls_certificate_expiry_timestamp_seconds").samples
    return sample.value


async def test_the_expiry_is_that_of_the_present_certificate(house: House, tmp_path: Path) -> None:
    """A certificate that is renewed in place is told without a restart."""
    issue(tmp_path, EARLY)
    house.settings["grpc"] = {
        "tcp": f"127.0.0.1:{free_port()}",
        "tls_cert_file": str(tmp_path / "cert.pem"),
        "tls_key_file": str(tmp_path / "key.pem"),
    }
    async with house.daemon() as daemon:
        assert await expiry(daemon) == EARLY.timestamp()
        issue(tmp_path, LATE)
        assert await expiry(daemon) == LATE.timestamp()
