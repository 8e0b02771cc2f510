"""The display of progress, under the name that the commands import."""

from dynsur.core.workflow import RichDisplay

__all__ = ["RichDisplay"]
