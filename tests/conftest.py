"""What holds for every test: nothing of the machine's own network settings is read."""

import os

for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
    # Removed for helper processes too: a developer's proxy would stand in every plan.
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)
