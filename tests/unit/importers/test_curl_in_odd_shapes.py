"""curl commands as they are copied from chats, browsers, Windows and scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.core.errors import UsageError
from intertie.importers import Imported
from support.imports import Importing, kinds

HOST = "https://shop.example"


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def of(shop: Importing, text: str) -> Imported:
    imported = shop.of(text, "commands.txt")
    assert shop.errors(imported.text) == []
    return imported


def asked(imported: Imported) -> list[str]:
    return [f"{each.method} {each.path}" for each in imported.description.operations]


def fields(imported: Imported) -> list[str]:
    """Return the fields of the one body there is."""
    (operation,) = imported.description.operations
    assert operation.body is not None
    schema = operation.body.schema
    return list(schema["properties"]) if isinstance(schema, dict) else []


@pytest.mark.parametrize(
    "command",
    [
        f"curl.exe -X DELETE {HOST}/a",
        f"sudo curl -X DELETE {HOST}/a",
        f"/usr/bin/curl -X DELETE {HOST}/a",
        f"$ curl -X DELETE {HOST}/a",
        f"time curl -X DELETE {HOST}/a",
        f"curl -X DELETE \\\r\n  {HOST}/a\r\n",
        f'BASE={HOST}\ncurl -X DELETE "$BASE/a"',
        f"export BASE='{HOST}'\ncurl -X DELETE ${{BASE}}/a",
        f"curl --retry-delay 2 --proto =https --aws-sigv4 aws:amz:eu:s3 -X DELETE {HOST}/a",
        f"curl --unheard-of 2 -X DELETE {HOST}/a",
    ],
)  # fmt: skip
def test_a_command_is_found_however_it_is_called(shop: Importing, command: str) -> None:
    """By its path, for Windows, behind another command, with a variable for the host, with options nobody knows."""
    imported = of(shop, command)
    assert asked(imported) == ["DELETE /a"]
    assert imported.description.base_url == HOST


def test_a_command_of_the_windows_shell_is_read(shop: Importing) -> None:
    """A browser's "copy as cURL (cmd)" escapes quotes by carets."""
    imported = of(
        shop,
        'curl ^"https://shop.example/a^?b=1^" ^\r\n  -H ^"content-type: application/json^" ^\r\n'
        '  --data-raw ^"^{^\\^"name^\\^":^\\^"Ann ^%^20^\\^"^}^"\r\n',
    )
    assert asked(imported) == ["POST /a"]
    assert fields(imported) == ["name"]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ("--data-urlencode 'q=a b' --data-urlencode limit=2", ["q", "limit"]),
        ("--data-urlencode q@file.txt --data-urlencode a=1", ["q", "a"]),
        ("--data-urlencode =raw", []),
        ("--data-urlencode @file.txt -d a=1", ["a"]),
        ("--data-urlencode word", []),
        ('-d "$(cat body.txt)"', []),
        ("-d $BODY -H 'content-type: application/json'", []),
        ("-d '<a>1</a>' -H 'content-type: text/xml'", []),
    ],
)
def test_what_has_no_name_is_no_field(shop: Importing, data: str, names: list[str]) -> None:
    """A field is what stands before `=` or `@`; text alone, files and other commands' output are the caller's."""
    assert fields(of(shop, f"curl {HOST}/a {data}")) == names


def test_several_urls_are_several_calls(shop: Importing) -> None:
    """Of one command, and of one after `--next`."""
    imported = of(shop, f"curl {HOST}/a {HOST}/b --next -X POST {HOST}/c -d x=1")
    assert asked(imported) == ["GET /a", "GET /b", "POST /c"]


def test_a_colon_marks_a_placeholder(shop: Importing) -> None:
    """As documentation writes paths: `/things/:id`, `/things/<id>` and `/things/{id}`."""
    for path in ("/things/:id", "/things/<id>", "/things/{id}"):
        assert asked(of(shop, f"curl '{HOST}{path}'")) == ["GET /things/{id}"]


def test_a_body_that_is_not_what_it_says_is_told(shop: Importing) -> None:
    """JSON that ends in the middle has no shape."""
    imported = of(shop, f"curl {HOST}/a -H 'content-type: application/json' -d '{{\"a\": [1,'")
    assert "unreadable-body" in kinds(imported)
    assert "schema:" not in imported.text.partition("## API Endpoints")[2].partition("## Data")[0]


@pytest.mark.parametrize("option", ["--digest", "--ntlm", "--negotiate", "--aws-sigv4 aws:amz:eu:s3"])
def test_a_credential_of_another_kind_is_not_taken_for_basic(shop: Importing, option: str) -> None:
    """User and password of a digest or signature are no Basic credential."""
    imported = of(shop, f"curl {option} -u ann:hunter2 {HOST}/a")
    assert "authentication:" not in imported.text
    assert "Still to decide: authentication, " in imported.text
    assert "security-kind" in kinds(imported)


def test_headers_from_a_file_are_the_caller_s(shop: Importing) -> None:
    """`-H @file` names no header."""
    imported = of(shop, f"curl -H @headers.txt {HOST}/a")
    assert "@headers" not in imported.text.partition("## API Endpoints")[2].partition("<!--")[0]
    assert "file-body" in kinds(imported)


def test_no_secret_of_a_command_is_kept(shop: Importing) -> None:
    """Wherever it stands: header, user, query, cookie, body, form, URL."""
    imported = of(
        shop,
        f"curl -u ann:SECRET1 -H 'X-Api-Key: SECRET2' -b 'sid=SECRET3' '{HOST}/a?api_key=SECRET4&sig=SECRET5' "
        f"-d 'password=SECRET6' --proxy-user u:SECRET7\ncurl https://u:SECRET8@shop.example/b -F 'f=SECRET9'",
    )
    assert "SECRET" not in imported.text
    assert "SECRET" not in " ".join(f"{loss.what} {loss.where}" for loss in imported.losses)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curl 'https://shop.example/a", "line 1: a quote is not closed"),
        ("curl -H 'A: b'", "command 1 names no URL"),
        ("curl", "command 1 names no URL"),
    ],
)
def test_a_broken_command_is_one_sentence(shop: Importing, text: str, message: str) -> None:
    """It says which command, and what is wrong."""
    with pytest.raises(UsageError, match=message):
        of(shop, text)
