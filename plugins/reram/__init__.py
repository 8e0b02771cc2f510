"""ReRAM: the vacancy charge-transport model, HDiNN and its composite loss."""
