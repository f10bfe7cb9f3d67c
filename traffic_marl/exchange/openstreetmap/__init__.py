"""Maps of OpenStreetMap, made into road networks by SUMO's program netconvert, with a list of all that was guessed."""
