"""How the state moves after an act and with time."""
