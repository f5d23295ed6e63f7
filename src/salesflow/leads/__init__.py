"""From a name to a deal: what is done with leads, one room per concept."""
