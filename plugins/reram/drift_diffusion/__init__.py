"""The semi-discrete drift-diffusion equations of one device."""
