"""What the reading of certificates guarantees."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from wad.rpc.access.x509 import client_names, expires_at

KEY = ec.generate_private_key(ec.SECP256R1())
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


def certificate(end: datetime, name: str = "wad", serial: int = 1) -> bytes:
    """Return a certificate that is valid until then."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(ed25519.Ed25519PrivateKey.generate().public_key())
        .serial_number(serial)
        .not_valid_before(BEGINNING)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"host{n}.example") for n in range(20)]), False)
        .sign(KEY, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


@given(
    end=st.datetimes(datetime(1990, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is added
    name=st.text("abcäß ", min_size=1, max_size=60),
    serial=st.integers(1, 2**150),
)
def test_the_end_of_any_certificate_is_found(end: datetime, name: str, serial: int) -> None:
    """Whatever stands before it, and in either of the forms that times have."""
    assert expires_at(certificate(end, name, serial)) == end.replace(microsecond=0).timestamp()


def test_of_several_certificates_the_first_to_expire_counts() -> None:
    """A chain is as good as its weakest link."""
    early, late = datetime(2027, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    chain = b"the server's\n" + certificate(late) + b"the authority's\n" + certificate(early)
    assert expires_at(chain) == early.timestamp()


@given(st.binary(max_size=200) | st.integers(0, 400).map(lambda size: certificate(BEGINNING.replace(year=2040))[:size]))
def test_what_is_no_certificate_is_refused(content: bytes) -> None:
    """A file that is being written, or something else, is told by one kind of error."""
    for text in (content, b"-----BEGIN CERTIFICATE-----" + content + b"-----END CERTIFICATE-----"):
        with pytest.raises(ValueError, match="certificate"):
            expires_at(text)


def named(common: str, *alternative: x509.GeneralName) -> bytes:
    """Return a certificate of these names."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).serial_number(1)
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=False)
    end = datetime(2040, 1, 1, tzinfo=UTC)
    builder = builder.public_key(KEY.public_key()).not_valid_before(BEGINNING).not_valid_after(end)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_holder_is_known_by_its_dns_names_or_else_by_its_common_name() -> None:
    """Other kinds of names, such as of e-mail or a URI, name no service."""
    assert list(client_names(named("shop.internal"))) == ["shop.internal"]
    dns = named("ignored", x509.DNSName("a.internal"), x509.DNSName("b.internal"))
    assert list(client_names(dns)) == ["a.internal", "b.internal"]
    others = (x509.RFC822Name("shop.internal"), x509.UniformResourceIdentifier("shop.internal"))
    assert list(client_names(named("shop.internal", *others))) == []


def test_a_name_with_a_zero_byte_is_none() -> None:
    """What stands before the zero is not the name that the authority has signed."""
    assert list(client_names(named("shop.internal\0.evil.example"))) == []
    dns = named("x", x509.DNSName("shop.internal\0.evil.example"), x509.DNSName("evil.example"))
    assert list(client_names(dns)) == ["evil.example"]


def test_a_damaged_certificate_names_nobody() -> None:
    """An authority may sign what no library reads."""
    assert list(client_names(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) == []
