"""The plugins, the parts that they offer, and the configuration of a run."""

from .configuration import PARTS, Setup, configure, configure_simulator, read_config, with_fields
from .hookspecs import hookimpl
from .host import Host, host
from .identity import provenance, simulator_of
from .interfaces import Dataset, Experiment, Loss, Model, Published

__all__ = [
    "Dataset",
    "Experiment",
    "Host",
    "Loss",
    "Model",
    "PARTS",
    "Published",
    "Setup",
    "configure",
    "configure_simulator",
    "hookimpl",
    "host",
    "provenance",
    "read_config",
    "simulator_of",
    "with_fields",
]
