"""Evidence as the hub decides about it: what is taken in, who may hear it, how long it is kept. No I/O."""
