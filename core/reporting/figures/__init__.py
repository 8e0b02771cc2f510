"""The figures of a run, each with its caption."""
