"""Files in: headings checked first, each good row one operation, each bad row given back with its reason."""
