"""How fast this is, as ratios to a hand-written minimum measured in the same run on the same server."""
