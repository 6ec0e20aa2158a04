"""Words every room shares: named axes, random streams, errors, quantities with units, citations."""
