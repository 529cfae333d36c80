from __future__ import annotations

import socket

import pytest

from intertie.adapters.http1.addresses import in_turn, is_local_name, literal, open_socket, share_s

FOUR, SIX = socket.AF_INET, socket.AF_INET6


def test_families_take_turns_in_the_resolvers_order() -> None:
    """Addresses alternate between families, the resolver's first family first, each address once."""
    resolved = [(SIX, 1, 6, "", (f"2001:db8::{n}", 80, 0, 0)) for n in (1, 2, 3)]
    resolved += [(FOUR, 1, 6, "", ("192.0.2.1", 80)), (FOUR, 1, 6, "", ("192.0.2.1", 80))]
    assert [address.text for address in in_turn(resolved)] == [
        "[2001:db8::1]:80", "192.0.2.1:80", "[2001:db8::2]:80", "[2001:db8::3]:80",
    ]  # fmt: skip
    assert in_turn([]) == []


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", FOUR), ("::1", SIX), ("2001:db8::1", SIX)])
def test_a_spelled_out_address_needs_no_resolver(host: str, family: int) -> None:
    """An address is used as it stands."""
    found = literal(host, 443)
    assert found is not None
    assert found[0].family == family
    assert found[0].sockaddr[:2] == (host, 443)


def test_a_socket_keeps_no_thread_waiting_and_no_byte_back() -> None:
    """Whoever connects waits by the clock, not in the kernel; what is sent leaves at once."""
    (address,) = literal("127.0.0.1", 443) or ()
    with open_socket(address) as sock:
        assert not sock.getblocking()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["example.com", "127.1", "localhost", "1.2.3.4.5", "[::1]"])
def test_everything_else_is_a_name(host: str) -> None:
    """What isn't an address is a name for the resolver."""
    assert literal(host, 443) is None


def test_each_address_has_its_share_of_what_is_left() -> None:
    """The last one may take all of it; what one did not take is the others'."""
    assert [share_s(left_s, addresses) for left_s, addresses in ((3.0, 3), (2.0, 2), (1.0, 1))] == [1.0] * 3
    assert share_s(2.8, 2) == 1.4
    assert share_s(2.0, 0) == 2.0


def test_only_this_machines_names_are_local() -> None:
    """`localhost` and names under it are local; names that only look like it aren't."""
    assert [is_local_name(name) for name in ("localhost", "LOCALHOST.", "a.localhost")] == [True] * 3
    assert [is_local_name(name) for name in ("localhost.example.com", "notlocalhost", "")] == [False] * 3
