"""Ask a trained model or the system itself the same questions: how does it respond?"""

from .answer import Response
from .merits_of_response import known_merits, merits_of_response
from .opening import Responder, open_responder
from .simulated import SimulatedResponder

__all__ = [
    "Responder",
    "Response",
    "SimulatedResponder",
    "known_merits",
    "merits_of_response",
    "open_responder",
]
