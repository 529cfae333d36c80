"""`intertie generate`: artefacts from specs, and whether those that are there are still true."""

from __future__ import annotations

from pathlib import Path

import click

from intertie.cli.common import put_document, say, show_findings, workbench
from intertie.cli.completing import complete_spec
from intertie.cli.context import CliContext
from intertie.core.errors import UsageError
from intertie.diagnostics import SpecError

_NOWHERE = "http://127.0.0.1"
"""Where the plan of a description calls: nobody does, and no environment variable is asked for."""


@click.command("generate")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC…", shell_complete=complete_spec)
@click.option("--target", type=click.Choice(["openapi", "types"]), required=True, help="What to generate.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the file is out of date.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="File (.json, .yaml or .py), or a folder for several specs. Default: stdout.",
)
@click.pass_obj
def command(context: CliContext, specs: tuple[str, ...], target: str, check: bool, output: Path | None) -> int:
    """Generate TARGET from each SPEC (a path or an id).

    `openapi` is an OpenAPI 3.1 document. Its `info.x-intertie-spec-hash` is the content hash of the spec.

    `types` is a Python module with a typed `open_SERVICE()`: mypy and pyright then know the operations, their arguments
    and the fields of their results. In a folder, the module is named `SERVICE_client.py`. Commit it, and run --check in
    CI.
    """
    if check and output is None:
        raise UsageError("--check needs a file to compare with: pass --output FILE")
    if len(specs) > 1 and (output is None or output.suffix):
        raise UsageError("several specs need a folder: pass --output DIR")
    stale = False
    for spec in specs:
        try:
            name, text = _made(context, spec, target, as_yaml=output is not None and output.suffix in (".yaml", ".yml"))
        except SpecError as error:
            show_findings(error, context)
            return 1
        if output is None:
            put_document(text)
            continue
        path = output if output.suffix else output / name
        if check:
            stale = _is_stale(path, text, f"intertie generate {spec} --target {target} --output {path}") or stale
        else:
            _write(path, text)
    return 1 if stale else 0


def _made(context: CliContext, spec: str, target: str, *, as_yaml: bool) -> tuple[str, str]:
    """Return the file name and the text of what is made of one spec."""
    bench = workbench(context, spec)
    plan = bench.plan(spec, base_url=_NOWHERE)
    if target == "types":
        from intertie.generators.types import module_name, types_module  # noqa: PLC0415  # keeps `--help` quick

        path = Path(bench.workspace.shown(bench.find(spec)))
        return module_name(plan), types_module(plan, path=path.name if path.is_absolute() else path.as_posix())
    from intertie.generators.openapi import openapi_document, openapi_text  # noqa: PLC0415

    document = openapi_document(bench.load(spec).spec, plan)
    return f"{plan.service}.openapi.json", openapi_text(document, as_yaml=as_yaml)


def _is_stale(path: Path, text: str, command: str) -> bool:
    try:
        written = path.read_text("utf-8")
    except FileNotFoundError:
        say(f"{path} does not exist; run `{command}`")
        return True
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read {path}: {error}") from None
    if written == text:
        return False
    say(f"{path} is stale; run `{command}`")
    return True


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from None
    say(f"wrote {path}")
