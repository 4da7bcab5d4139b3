"""The unit's hearing: 20 ms of sound in, findings out. No I/O, no threads, no clock but the sample count."""
