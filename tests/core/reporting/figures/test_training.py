"""The learning curve marks the best epoch."""

from dynsur.core.reporting.figures.training import learning_figure


def test_the_best_epoch_is_marked():
    history = [{"epoch": e, "train": 1 / e, "validation": v} for e, v in ((1, 3), (2, 1), (3, 2))]
    assert learning_figure(history).axes[0].lines[2].get_xdata() == 2
