"""The `dynsur` command."""
