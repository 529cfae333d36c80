"""Names and shapes that say what a value is."""

from __future__ import annotations

import doctest

import pytest

from intertie.runtime.masking import names, shapes
from intertie.runtime.masking.names import is_credential_name
from intertie.runtime.masking.shapes import is_card_number, is_iban


@pytest.mark.parametrize("module", [names, shapes])
def test_every_example_is_true(module):
    """The examples of the docstrings hold."""
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    "name",
    ["password", "user_password", "newPassword", "PASSWD", "secret", "clientSecret", "api_key", "apikey", "X-Api-Key", "accessToken", "refresh_token", "id_token", "token", "jwt", "privateKey", "cvv", "pin", "signature", "session_id", "credentials", "aws_secret_access_key", "csrf-token", "device_token"],
)  # fmt: skip
def test_names_of_credentials(name):
    """The usual names, in every spelling."""
    assert is_credential_name(name)


@pytest.mark.parametrize(
    "name",
    ["author", "monkey", "key", "keyboard", "tokens", "token_type", "max_tokens", "prompt_tokens", "next_page_token", "pageToken", "password_hint", "secret_name", "has_password", "idempotency_key", "shipping", "opinion", "sign", "session_count", "id", ""],
)  # fmt: skip
def test_names_that_only_look_like_it(name):
    """Counts, kinds, cursors and other words stay readable."""
    assert not is_credential_name(name)


@pytest.mark.parametrize(
    "number", ["4242424242424242", "378282246310005", "6011111111111117", "3530111333300000", "5200 8282 8282 8210"]
)
def test_card_numbers(number):
    """Test numbers of the card networks have their check digits; one digit off has not."""
    assert is_card_number(number)
    assert not is_card_number(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "iban", ["DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947", "AZ21NABZ00000000137010001944"]
)
def test_ibans(iban):
    """Example IBANs have their check digits; two digits exchanged have not."""
    assert is_iban(iban)
    assert not is_iban(iban[:-2] + iban[-1] + iban[-2]) or iban[-1] == iban[-2]


@pytest.mark.parametrize(("size", "expected"), [(14, False), (15, True), (34, True), (35, False)])
def test_an_iban_has_a_length(size, expected):
    """Check digits alone make none: the shortest has 15 characters, the longest 34."""
    account = "1" * (size - 4)
    check = 98 - int(account + "232300") % 97  # N and N
    assert is_iban(f"NN{check:02}{account}") is expected
