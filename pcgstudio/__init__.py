"""PCG Studio: a sentence becomes a measured 3D map."""
