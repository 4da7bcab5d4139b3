"""The unit's microphone: sources of 20 ms frames, and the ear that runs the hearing over them."""
