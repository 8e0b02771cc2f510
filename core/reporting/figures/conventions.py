"""What the figures of a run have in common."""

# Colour of the rising and of the falling sweep.
SIMULATED, PREDICTED = ("#9ecae1", "#fdae6b"), ("#08519c", "#a63603")
LOG_DECADES = 3.0  # spanned by values that are drawn on a logarithmic axis
NEAR_ZERO = 0.1  # share of the values that says nothing about the decades they span
CURVE_METRICS = {
    "nrmse": "error / span of the curve",
    "loop_area_error": "error of the loop's area",
    "log_error": "error of the output (decades)",
}
