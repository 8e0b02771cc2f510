"""Ask a trained model or the system itself the same questions: how does it respond?"""

from .answer import Response
from .following import Followed, follow_record
from .merits_of_response import known_merits, merits_of_response
from .opening import Responder, open_responder, refuse_no_responder
from .simulated import SimulatedResponder

__all__ = [
    "Followed",
    "Responder",
    "Response",
    "SimulatedResponder",
    "follow_record",
    "known_merits",
    "merits_of_response",
    "open_responder",
    "refuse_no_responder",
]
