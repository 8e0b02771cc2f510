"""Ways to turn a store into training data."""
