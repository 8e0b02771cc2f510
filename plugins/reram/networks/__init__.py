"""HDiNN, the graph network and the composite loss."""
