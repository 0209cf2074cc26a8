"""HTTPS with a client certificate: the only place that knows the HTTP library, and keys that lie in files."""

import sys

# httpx imports its command line where rich is installed: 5 MB and a third of a second at each start, for nobody here.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
