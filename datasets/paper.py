"""The paper's protocol, which has min-max scales in physical units."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import FLOOR, Encoding, Scale, Simulator, TrainingData

from .channels import (
    assemble,
    output_columns,
    parameter_columns,
    refuse_uneven,
    series_columns,
)
from .splits import MINIMUM, draw

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Paper:
    """A fifth of the time samples, a 70/30 split by simulation and min-max scales to [0, 1].

    If a quantity spans decades, most of its curves are close to zero on such a scale. The dataset
    serves to reproduce the paper's numbers.

    Args:
        kept: Share of the time samples that is retained, drawn once for all simulations.
        train_share: Share of the simulations that is not in the test part.
        validation_share: Share of these that is held out to choose the best epoch.
        floor: Output below which a curve counts as zero in the metrics, in the output's unit.

    Source: Zamankhani (2024), section 5.
    """

    kept: float = 0.2
    train_share: float = 0.7
    validation_share: float = 0.1
    floor: float = FLOOR

    name = "paper"
    minimum = MINIMUM
    description = "the paper's protocol: 20 % of the times, 70/30 split, min-max to [0, 1]"

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Split and encode a store; the scales are fitted on the training part only.

        Raises:
            DynsurError: The store holds too few finished samples.
        """
        refuse_uneven(store, self.name)
        parts = draw(
            store["status"].values,
            store.sizes["time"],
            seed,
            kept=self.kept,
            train_share=self.train_share,
            validation_share=self.validation_share,
        )
        series = series_columns(store, simulator)
        scalars = parameter_columns(store, simulator)
        outputs = output_columns(store, simulator)
        fitted = (
            tuple(Scale.fit(name, values[parts.train]) for name, values in columns.items())
            for columns in (series, scalars, outputs)
        )
        encoding = Encoding(*fitted, departures=(), base="none")
        return assemble(parts, encoding, series, scalars, outputs)
