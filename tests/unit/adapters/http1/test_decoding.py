from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest

from intertie.adapters.http1.decoding import Decoder, DecodingError, decoder_for


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


CODED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, ": raw_deflate,
    "br": lambda data: brotli.compress(data, quality=4),
    "gzip, br": lambda data: brotli.compress(gzip.compress(data), quality=4),
    "br, identity, deflate": lambda data: zlib.compress(brotli.compress(data, quality=4)),
}


def decoded(decoder: Decoder, wire: bytes, rng: random.Random, *, most: int) -> bytes:
    out = bytearray()
    while wire:
        size = rng.randint(1, max(1, len(wire) // 3))
        decoder.feed(wire[:size])
        wire = wire[size:]
        while piece := decoder.read(rng.randint(1, most)):
            out += piece
    decoder.finish()
    return bytes(out)


@pytest.mark.parametrize("coding", CODED)
def test_any_cut_gives_the_same_bytes(coding: str) -> None:
    """However coded bytes are cut and however little is read at a time, the decoded bytes are the same."""
    rng = random.Random(7)
    for size in (0, 1, 100, 5000, 300_000):
        data = rng.randbytes(size // 2) + b"ab" * (size // 4)
        for _ in range(3):
            decoder = decoder_for(coding)
            assert decoder is not None
            assert decoded(decoder, CODED[coding](data), rng, most=5000 if size > 5000 else 50) == data


@pytest.mark.parametrize("looks_like", ["a multiple of 31", "method 8"])
def test_raw_deflate_that_looks_half_like_zlib_is_raw(looks_like: str) -> None:
    """Only both signs of RFC 1950 together make a body a zlib one."""

    def fits(wire: bytes) -> bool:
        multiple, method = int.from_bytes(wire[:2]) % 31 == 0, wire[0] & 0x0F == 8
        return (multiple, method) == (looks_like != "method 8", looks_like == "method 8")

    # A stored block of DEFLATE begins with three bits that say so, and five that mean nothing.
    stored = [bytes([padding << 3, 2, 0, 0xFD, 0xFF]) + b"ok\3\0" for padding in range(1, 32)]
    bodies = [raw_deflate(bytes([n % 256, n // 256]) * 9) for n in range(5000)] + stored
    found = [wire for wire in bodies if fits(wire)]
    assert found
    for wire in found:
        decoder = decoder_for("deflate")
        assert decoder is not None
        decoder.feed(wire)
        assert decoder.read(100) == zlib.decompress(wire, -zlib.MAX_WBITS)
        decoder.finish()


@pytest.mark.parametrize("coding", CODED)
def test_a_body_cut_anywhere_is_not_whole(coding: str) -> None:
    """A coded body that lacks even its last byte is refused at the end."""
    wire = CODED[coding](bytes(range(256)) * 4)
    for end in range(1, len(wire)):
        decoder = decoder_for(coding)
        assert decoder is not None
        with pytest.raises(DecodingError):  # noqa: PT012
            decoder.feed(wire[:end])
            while decoder.read(1000):
                pass
            decoder.finish()


def test_no_read_returns_much_more_than_asked_for() -> None:
    """A bomb unfolds no further than it is read."""
    bomb = b"\0" * 5_000_000
    for coding, wire in (
        ("gzip", gzip.compress(bomb)),
        ("deflate", zlib.compress(bomb)),
        ("br", brotli.compress(bomb)),
    ):
        decoder = decoder_for(coding)
        assert decoder is not None
        decoder.feed(wire)
        sizes = []
        while piece := decoder.read(1000):
            sizes.append(len(piece))
        assert sum(sizes) == 5_000_000
        assert max(sizes) <= (128 * 1024 if coding == "br" else 1000)


def test_members_of_gzip_may_be_cut_anywhere() -> None:
    """Several gzip members in a row are one body, wherever the cut between reads falls; padding after them is nothing."""
    wire = gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0\0"
    for cut in range(1, len(wire)):
        decoder = decoder_for("gzip")
        assert decoder is not None
        out = b""
        for part in (wire[:cut], wire[cut:]):
            decoder.feed(part)
            while piece := decoder.read(10):
                out += piece
        decoder.finish()
        assert out == b"onetwo"


def test_nothing_is_a_whole_body_in_every_coding() -> None:
    """A body of no bytes is accepted whatever coding it claims: servers send it with errors and to HEAD."""
    for coding in CODED:
        decoder = decoder_for(coding)
        assert decoder is not None
        assert decoder.read(10) == b""
        decoder.finish()


def test_seeded_damage_is_a_decoding_error_or_nothing() -> None:
    """Damaged bodies raise DecodingError or decode to something; no other exception comes out."""
    rng = random.Random(20261124)
    for coding, coded in CODED.items():
        wire = coded(bytes(range(256)) * 4)
        for _ in range(300):
            data = bytearray(wire)
            for _ in range(rng.randint(1, 3)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            decoder = decoder_for(coding)
            assert decoder is not None
            try:
                decoder.feed(bytes(data))
                read = 0
                while (piece := decoder.read(10_000)) and read < 1_000_000:
                    read += len(piece)
                decoder.finish()
            except DecodingError:
                pass


@pytest.mark.parametrize("value", ["", " ", "identity", "identity, identity", ","])
def test_no_coding_needs_no_decoder(value: str) -> None:
    """Identity, and nothing, are no codings."""
    assert decoder_for(value) is None


@pytest.mark.parametrize("value", ["zstd", "gzip, zstd", "gzip;q=1", "br, br, br, br"])
def test_what_was_not_offered_is_refused(value: str) -> None:
    """Unknown codings and towers of them are refused."""
    with pytest.raises(DecodingError):
        decoder_for(value)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"") * 2_000),
        ("gzip", gzip.compress(b"x") * 2_000),
        ("gzip, gzip", gzip.compress(gzip.compress(b"") * 100_000)),
        ("gzip, deflate", zlib.compress(zlib.compress(b"", 9)[:2] + b"\0\0\0\xff\xff" * 400_000)),
        ("deflate, gzip", gzip.compress(zlib.compress(b"", 9)[:2] + b"\0\0\0\xff\xff" * 400_000)),
    ],
)
def test_what_unpacks_to_nothing_has_an_end(coding: str, body: bytes) -> None:
    """Empty members and blocks pass every limit of bytes: 24 KB of them in two codings take minutes to read."""
    decoder = decoder_for(coding)
    assert decoder is not None
    decoder.feed(body)
    with pytest.raises(DecodingError):
        list(iter(lambda: decoder.read(65_536), b""))


def test_many_members_that_hold_something_are_read() -> None:
    """A log that is compressed in pieces has any number of members."""
    decoder = decoder_for("gzip")
    assert decoder is not None
    decoder.feed(gzip.compress(b"one line of a log, as long as lines are, at least that long, in every piece") * 3_000)
    read = 0
    while piece := decoder.read(65_536):
        read += len(piece)
    decoder.finish()
    assert read > 200_000
