"""The camera, where one is fitted: stills and a short clip at a press of the panic button, nothing else."""
