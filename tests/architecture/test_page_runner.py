"""The runner of the pages does what a person does, and complains where a person would."""

from __future__ import annotations

import textwrap

import pytest

from support.page_text import ports_in, read_page
from support.snippets import PageRunner

SERVER = (
    "python -c 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_DFL); print(\"ready\"); time.sleep(600)'"
)


def type_page(tmp_path, text):
    folder = tmp_path / "empty"
    folder.mkdir()
    page = tmp_path / "page.md"
    page.write_text(textwrap.dedent(text).replace("SERVER", SERVER).replace("~~~", "```"))
    return PageRunner(page, folder).run()


def test_a_terminal_is_one_shell(tmp_path):
    """Folder, variables, continued lines, exit status and the job that `kill %1` means are kept."""
    count = type_page(
        tmp_path,
        """
        ~~~console
        $ mkdir -p deep/down
        ~~~
        Save this as `deep/down/note.txt`:
        ~~~text
        hello
        ~~~
        ~~~console
        $ cd deep/down
        $ export NAME=one \\
            OTHER=two
        $ cat note.txt; echo $NAME $OTHER; false
        hello
        one two
        $ echo $?
        1
        $ stty size; test -t 0 && test -t 1 && echo a terminal
        24 80
        a terminal
        ~~~
        Now in Python:
        ~~~python
        import os
        def shout(text):
            return text.upper()

        print(shout(os.environ["NAME"]), os.path.exists("note.txt"))
        ~~~
        ~~~output
        ONE True
        ~~~
        """,
    )
    assert count == 5


def test_a_server_in_a_second_terminal_stays_until_ctrl_c(tmp_path):
    """What is exported in one terminal is not there in another; both stand in the same folder."""
    type_page(
        tmp_path,
        """
        ~~~console
        $ mkdir here
        $ cd here
        $ export NAME=one
        ~~~
        In a second terminal, in the same folder:
        ~~~console
        $ basename $PWD; echo "<$NAME>"
        here
        <>
        $ SERVER
        ready
        ~~~
        ~~~console
        $ echo $NAME
        one
        ~~~
        Press Ctrl-C in the second terminal.
        """,
    )


def test_a_background_command_is_waited_for_and_killed(tmp_path):
    """`&` runs in the shell itself, so that `$!` and `%1` mean it."""
    type_page(
        tmp_path,
        """
        ~~~console
        $ SERVER &
        ready
        $ kill -0 $! && echo alive
        alive
        $ kill %1; wait %1 2> /dev/null; jobs -r
        …
        ~~~
        """,
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("~~~console\n$ echo a\nb\n~~~", "the page says"),
        ("~~~console\n$ echo a\n~~~", "the page says"),
        ("<!-- file: a.txt -->\n~~~text\nx\n~~~\n~~~console\n$ cat a.txt\nx\n~~~", "No such file"),
        ("<!-- skip: I say so -->\n~~~console\n$ echo a\n~~~", "the page says"),
        ("~~~console\necho a\n~~~", "shows commands after"),
        ("~~~python\nprint(1)\n~~~", "say where this is typed"),
        ("In Python:\n~~~python\nprint(1)\n~~~\n~~~output\n2\n~~~", "the page says"),
        ("In Python:\n~~~python\n1 / 0\n~~~", "ZeroDivisionError"),
        ("In Python:\n~~~python\nif True:\n    x = 1\n\n    print(x)\n~~~", "IndentationError"),
        ("~~~console\n$ sleep 600 &\n~~~", "show how it says it is ready"),
        ("~~~console\n$ SERVER &\nready\n~~~", "leaves running"),
        ("In a second terminal:\n~~~console\n$ SERVER\nready\n~~~", "in the same folder"),
        ("In a second terminal, in the same folder:\n~~~console\n$ SERVER\n…\n~~~", "show how it says it is ready"),
        ("In a second terminal, in the same folder:\n~~~console\n$ SERVER\nready\n~~~", "never stops"),
        ("In a second terminal, in the same folder:\n~~~console\n$ echo gone\nready\n~~~", "the page says"),
        ("Press Ctrl-C.\n", "nothing runs"),
        ("`specs/a.md`:\n~~~markdown\nx\n~~~", "how the folder specs is made"),
    ],
)
def test_a_page_that_would_surprise_its_reader_fails(tmp_path, text, complaint):
    """Whatever is wrong, missing, hidden or left running."""
    with pytest.raises(AssertionError, match=complaint):
        type_page(tmp_path, text)


def test_what_a_page_names_on_this_machine():
    """Ports in URLs and options, not those of comments."""
    assert ports_in("http://127.0.0.1:8460/x, --port 8461, `localhost:8462`\n<!-- --port 1234 -->") == [
        8460,
        8461,
        8462,
    ]


def test_comments_are_not_there():
    """Neither in prose nor before a block."""
    (prose,) = read_page("<!-- Save this as `a.txt`: -->\nRead.\n")
    assert prose.text == "Read."
