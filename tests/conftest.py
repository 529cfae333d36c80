"""What holds for every test: none of the machine's network settings is read, and no store blocks an event loop."""

import os

from intertie.adapters.stores.blocking import refuse_on_loops

for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
    # Removed for helper processes too: a developer's proxy would stand in every plan.
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)

# A verb that does I/O on the thread of a running loop fails whatever test calls it there.
refuse_on_loops()
