"""Eight devices side by side: their constants, meshes, unknowns and work arrays.

Every array ends in an axis of lanes. A lane's device is replaced by the next one when it is done.
"""

from typing import NamedTuple

import numpy as np

from ..drift_diffusion.block_elimination import COLUMNS
from ..drift_diffusion.device import Device
from ..transient.bdf import LEVELS
from .vector import WIDTH

# All but the mesh of `drift_diffusion.device.Device`, in its order.
CONSTANTS = Device._fields[:-3]


class Lanes(NamedTuple):
    """What the numerics of eight devices work on.

    Args:
        constant: The devices' constants in the order of `CONSTANTS`, shape [constant, lane].
        x: Nodes, in m, shape [node, lane].
        h: Edge lengths, in m, shape [edge, lane].
        cell: Control volumes, in m, shape [node, lane].
        contact: The contacts in equilibrium, shape [side, species, 3, lane].
        u: As `State.u`, shape [4, node, lane].
        w: As `State.w`, shape [3, edge + 2, lane].
        beta: As `State.beta`, shape [lane].
        density: As `Work.density`; the other arrays up to `drop` likewise.
        block: Rows of a node's elimination before and after, shape [8, 10, lane].
        carried: What is carried from node to node, shape [4, 6, lane].
        history: Known part of the time derivative, shape [3, node, lane].
        displacement: Total current over the edges, shape [edge, lane].
        past_u: `u` of the last time levels, shape [slot, 4, node, lane].
        past_w: `w` likewise.
        past_density: `density` likewise.
        past_field: Displacement over the edges likewise, shape [slot, edge, lane].
        one: A single lane's `block`, where it needs other pivots, shape [4, column].
        scale: Its rows' scales, shape [4].
    """

    constant: np.ndarray
    x: np.ndarray
    h: np.ndarray
    cell: np.ndarray
    contact: np.ndarray
    u: np.ndarray
    w: np.ndarray
    beta: np.ndarray
    density: np.ndarray
    excess: np.ndarray
    flux: np.ndarray
    storage: np.ndarray
    dstorage: np.ndarray
    G: np.ndarray
    H: np.ndarray
    border: np.ndarray
    Z: np.ndarray
    step: np.ndarray
    drop: np.ndarray
    block: np.ndarray
    carried: np.ndarray
    history: np.ndarray
    displacement: np.ndarray
    past_u: np.ndarray
    past_w: np.ndarray
    past_density: np.ndarray
    past_field: np.ndarray
    one: np.ndarray
    scale: np.ndarray


def allocate(nodes: int) -> Lanes:
    """Allocate the arrays of eight devices whose meshes have that many nodes."""
    edges = nodes - 1
    shapes = (
        (len(CONSTANTS),), (nodes,), (edges,), (nodes,), (2, 2, 3), (4, nodes), (3, edges + 2), (),
        (3, nodes), (7, nodes), (4, edges), (4, nodes), (nodes, 4, 4), (edges, 4, 2),
        (edges, 4, 2), (nodes,), (nodes, 4, 6), (4, nodes), (4, edges), (8, 10), (4, 6),
        (3, nodes), (edges,), (LEVELS, 4, nodes), (LEVELS, 3, edges + 2), (LEVELS, 3, nodes),
        (LEVELS, edges),
    )  # fmt: skip
    arrays = (np.zeros((*shape, WIDTH)) for shape in shapes)
    return Lanes._make([*arrays, np.zeros((4, COLUMNS)), np.zeros(4)])
