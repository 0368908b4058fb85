"""What `llmspell doctor` looks at, one file per group of checks; each gives `Check`s and changes nothing.

check           what one check found
system          what is examined: the configuration, the environment, the plugins
examination     all checks, in order
python          the interpreter
configuration   the files, and what is wrong with them
folders         whether what llmspell keeps can be written
plugins         whether each loads, in a process of its own, and how long that takes; `probe` is that process
engines         their versions and age
walls           a real worker of each engine, and what stands around it
keys            which keys there are, by name; `keyring` is the operating system's place for them
providers       whether their servers answer; only on request
network         variables that lead traffic elsewhere
startup         code that runs whenever Python starts: lines in `.pth` files
"""

from llmspell.doctor.check import Check
from llmspell.doctor.examination import GROUPS, examine
from llmspell.doctor.system import System

__all__ = ["GROUPS", "Check", "System", "examine"]
