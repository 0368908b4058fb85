"""Programs that a tool may start: `await context.process.run(["git", "log", "-1"])`.

processes    asks the guards, starts a program, and says how it finished
words        the words of a command, as they are checked and as they are shown
programs     which file a program's name stands for
held         a file or folder that stays the one that was checked
environment  the few variables that a program gets
limits       what the system lets one process have
start        starts a process
running      one process, from its start to its burial
launcher     becomes the program, after it has given away what the program must not have

There is no shell anywhere: a command is a list of words, and each arrives as it was written.

What this is not: a sandbox. A program that was allowed to start may do whatever the user may, except gain more rights.
A pattern such as `git log **` says which words start it, and not what the program makes of them: `git log --output=F`
writes a file. Grant every word where that matters, and no interpreter (`sh`, `python3`, `awk`, `env`, `xargs`) at all.
A program that leaves its session (`setsid`) outlives its run. If llmspell itself is killed, so are the programs that it
started, but neither what those started nor their scratch folders.
"""

from llmspell.process.limits import Limits
from llmspell.process.processes import Finished, Processes

__all__ = ["Finished", "Limits", "Processes"]
