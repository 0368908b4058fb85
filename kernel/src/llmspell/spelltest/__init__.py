"""Tests of spells, written in the spells' own languages: what `llmspell test` runs.

clock.py        an event loop whose clock jumps over waits
steps.py        what a scripted model answers, as data
declared.py     the options and results of `Test`, as scripts see them
checks.py       what a case may demand of values
global_test.py  the global `Test`
bench.py        a test file on its way: its cases, and the one that is to run
stage.py        what stands around a spell
trial.py        one spell under test
suite.py        finds test files, and runs their cases one by one
"""
