"""Ask a trained model or the system itself the same questions: how does it respond?"""

from .answer import Response
from .opening import Responder, open_responder
from .simulated import SimulatedResponder

__all__ = ["Responder", "Response", "SimulatedResponder", "open_responder"]
