"""How an actor chooses: when to act, toward whom, with which act, on which issue."""
