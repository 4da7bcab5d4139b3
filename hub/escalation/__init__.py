"""Who is called, in which order, until somebody answers."""
