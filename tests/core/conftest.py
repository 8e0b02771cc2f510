"""Makes the helpers in `toys` importable here and in the worker processes, which copy the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "toys"))
