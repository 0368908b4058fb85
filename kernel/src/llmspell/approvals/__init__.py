"""Questions that a run puts to a person before something happens, and their answers.

approval   what is asked, and what was answered
shown      a stranger's text, fit for a terminal
asking     a run's questions: hooks first, then whoever else answers
clocks     timeouts that stand still while somebody thinks
store      questions as files, for another process to answer
waiting    asks by such a file

An answer is bound to the run, the permission, the target and the arguments: for anything else it does nothing.
"""

from llmspell.approvals.approval import Answer, Answerer, Approval, Verdict

__all__ = ["Answer", "Answerer", "Approval", "Verdict"]
