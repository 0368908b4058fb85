"""Runs the cases in turns on a quiet machine, and reports medians beside the targets."""
