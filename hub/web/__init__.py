"""What a browser sees of the hub."""
