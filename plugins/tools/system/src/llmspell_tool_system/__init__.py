"""Tools for the machine: programs, environment, disk, hashes, random numbers."""
