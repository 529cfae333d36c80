"""What is installed from a built wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile

from support.real_servers import ROOT


def test_a_wheel_has_every_file_of_the_package(tmp_path) -> None:
    """Modules and what they read at run time (pages of rules, templates, migrations) are all in the wheel."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("intertie/")}
    files = (path for path in (ROOT / "src" / "intertie").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert packed == {path.relative_to(ROOT / "src").as_posix() for path in files}
    assert "intertie/lint/pages/TIE204.md" in packed
