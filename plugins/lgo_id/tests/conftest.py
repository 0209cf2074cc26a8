"""The plugin's package, from its source, where it is not installed."""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("lgo_id") is None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
