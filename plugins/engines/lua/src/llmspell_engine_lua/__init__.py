"""Runs Lua 5.4 spells, inline or in a worker process."""
