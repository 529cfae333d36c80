"""The two dates of a certificate, read without a library."""

from __future__ import annotations

import datetime as dt

import pytest
import trustme

from intertie.adapters.certificates import Validity, validities


def stamp(*parts: int) -> float:
    return dt.datetime(*parts, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize("year", [2030, 2049, 2050, 2300])
def test_the_dates_of_a_certificate(year: int) -> None:
    """Both kinds of date are read: two digits of a year until 2049, four afterwards."""
    ends = dt.datetime(year, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
    begins = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
    certificate = trustme.CA().issue_cert("a.example", not_before=begins, not_after=ends)
    pem = certificate.cert_chain_pems[0].bytes().decode()
    assert validities(pem) == [Validity(begins.timestamp(), ends.timestamp())]


def test_a_bundle_has_one_for_each() -> None:
    """In order, with whatever stands between them."""
    pem = trustme.CA().cert_pem.bytes().decode()
    assert len(validities(f"# Főtanúsítvány\n{pem}\nsomething\n{pem}")) == 2


@pytest.mark.parametrize(
    "body", ["", "AAAA", "MIIB", "MIICBTCCAaugAwIBAgIU", "/////w==", "MIT/////", "MAA=", "MAMwAQA=", "!!!"]
)
def test_what_is_no_certificate_has_no_dates(body: str) -> None:
    """Nothing that a file may hold is more than nothing."""
    assert validities(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n") == []


def test_a_certificate_cut_anywhere_has_no_dates_or_its_own() -> None:
    """Every prefix of a real one is read without a slip."""
    lines = trustme.CA().cert_pem.bytes().decode().splitlines()
    whole = validities("\n".join(lines))
    for count in range(1, len(lines) - 1):
        cut = "\n".join([lines[0], *lines[1:count], lines[-1]])
        assert validities(cut) in ([], whole)
