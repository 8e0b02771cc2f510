"""The report of a fit: one page."""

from pathlib import Path

from ..reporting.pages import render, save_figures, write_page
from .figures import draw_fit
from .fitting import Fit


def write_fit_page(fit: Fit, folder: str | Path) -> Path:
    """Write `report.html` and the pictures of a fit.

    Args:
        fit: A finished fit.
        folder: Its folder.
    """
    folder = Path(folder)
    summary = fit.summary
    simulator = fit.likelihood.responder.simulator
    rows = sorted(summary["parameters"], key=lambda entry: -entry["contraction"])
    page = render(
        "fit.html",
        system=simulator.name,
        asked=summary["asked"],
        words=summary["in_words"],
        rows=rows,
        loops=summary["loops"],
        modes=summary["modes"],
        device=summary["device"],
        settled=summary["settled_by_drive"],
        understood=[loop.summary for loop in fit.likelihood.loops],
        facts={
            "draws": summary["draws"],
            "likelihoods computed": summary["evaluations"],
            "ln evidence of each chain": ", ".join(f"{v:.2f}" for v in summary["log_evidence"]),
            "agreement of the chains, R̂": f"{summary['chains_agree']:.3f}",
            "draws simulated by the solver": summary["checked"],
        },
        failures=summary["failures"],
        figures=save_figures(folder, draw_fit(fit)),
    )
    return write_page(folder / "report.html", page)
