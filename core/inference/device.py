"""The fitted device, handed back as parameters."""

from pathlib import Path

from ..errors import DynsurError
from ..files import read_json
from ..systems.parameters import ParameterSpace
from .fitting import RECORD


def fitted_device(folder: str | Path, space: ParameterSpace) -> dict[str, float]:
    """Return the parameters of the best device of a fit, by name.

    Args:
        folder: The folder of the fit.
        space: The parameters of the system that is asked for.

    Raises:
        DynsurError: The folder holds no finished fit, or a fit of another system.
    """
    record = read_json(Path(folder) / RECORD, absent=None)
    if not isinstance(record, dict) or not isinstance(record.get("device"), dict):
        raise DynsurError(f"'{folder}' holds no finished fit; make one with `dynsur fit`.")
    device = {str(name): float(value) for name, value in record["device"].items()}
    unknown = [name for name in device if name not in space.names]
    if unknown:
        raise DynsurError(
            f"the fit in '{folder}' is of '{record.get('system')}', whose parameter '{unknown[0]}' "
            "this system does not have."
        )
    return device
