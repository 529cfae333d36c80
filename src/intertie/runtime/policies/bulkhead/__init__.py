"""How many attempts of one operation may be under way at once."""
