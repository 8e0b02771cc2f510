"""Say in whole sentences what a front of designs is worth."""

from typing import TYPE_CHECKING

import numpy as np

from .front import AGREEMENT, agrees

if TYPE_CHECKING:
    import xarray as xr


def headline(front: "xr.Dataset") -> str:
    """Say in one sentence how many designs there are and whether they can be relied on."""
    count, best = front.sizes["point"], int(front["best"].sum())
    if not best:
        return (
            f"None of the {count} designs found meets the constraints when the solver simulates "
            "it: the model is wrong there. Add simulations with --refine."
        )
    if front.attrs["searched_on"] == "simulation":
        return f"{best} designs are left, found by the solver itself."
    if agrees(front):
        return f"{best} designs are left; model and solver agree within {AGREEMENT:.0%} on all."
    worst = float(np.nanmax(front["deviation"].values))
    return (
        f"{best} of {count} designs are left after simulation; model and solver differ by up to "
        f"{worst:.1%}: rely on the simulated values, or add simulations with --refine."
    )


def about(front: "xr.Dataset") -> list[str]:
    """Return what was asked, how the values compare, and what to be careful about."""
    aims = zip(front["aim"].values, front["objective"].values, strict=True)
    sentences = [f"The search wanted to {' and to '.join(f'{a} {o}' for a, o in aims)}."]
    if front.attrs["subject_to"]:
        sentences.append(f"A design must meet: {'; '.join(front.attrs['subject_to'])}.")
    sentences.append(f"These parameters vary: {', '.join(front.attrs['varied'])}.")
    if front.attrs["robust"]:
        sentences.append("Each design was judged at the worse end of the model's band.")
    deviation = front["deviation"].values
    for j, name in enumerate(front["objective"].values):
        known = deviation[:, j][np.isfinite(deviation[:, j])]
        if known.size and front.attrs["searched_on"] == "model":
            sentences.append(
                f"The model's {name} is off by {np.median(known):.1%} in the median and "
                f"{known.max():.1%} at most."
            )
    broken = int((~front["met"].values).sum())
    if broken:
        sentences.append(f"By simulation {broken} designs break a constraint or fail.")
    odd = sum(bool(text) for text in front["unfamiliar"].values)
    if odd:
        sentences.append(
            f"{odd} designs lie outside of the model's training, where it only guesses."
        )
    return sentences
