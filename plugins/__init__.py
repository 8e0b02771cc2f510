"""The plugins that ship with dynsur, found through entry points like anyone's."""
