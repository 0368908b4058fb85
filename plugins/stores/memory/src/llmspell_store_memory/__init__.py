"""Keeps what a program needs for as long as it runs."""
