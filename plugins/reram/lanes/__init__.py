"""Many devices at once: the same equations for eight devices side by side in vector registers."""
