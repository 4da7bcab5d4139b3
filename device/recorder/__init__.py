"""The recorder: sound from the microphone to sealed segments on the disk, and from there to the hub."""
