"""The plugins, the parts that they offer, and the configuration of a run."""

from .config_file import ConfigFile, read_config
from .configuration import PARTS, Setup, configure, configure_simulator, with_fields
from .hookspecs import hookimpl
from .host import Host, host
from .identity import provenance, simulator_of
from .interfaces import Dataset, Experiment, Loss, Model, Published, Taught
from .parts import KINDS, Part, find_part, parts, settings_of
from .recorded import Recorded, needs_simulator, recorded_in
from .toml_text import toml_of

__all__ = [
    "ConfigFile",
    "Dataset",
    "Experiment",
    "Host",
    "KINDS",
    "Loss",
    "Model",
    "PARTS",
    "Part",
    "Published",
    "Recorded",
    "Setup",
    "Taught",
    "configure",
    "configure_simulator",
    "find_part",
    "hookimpl",
    "host",
    "needs_simulator",
    "parts",
    "provenance",
    "read_config",
    "recorded_in",
    "settings_of",
    "simulator_of",
    "toml_of",
    "with_fields",
]
