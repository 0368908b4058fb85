"""What spells may do: kinds of permission, patterns, profiles, and the policy that decides.

kinds       the ten kinds, their keys and flags
patterns    one pattern of each shape; `hosts` and `commands` hold two of the shapes
grants      what one place allows and denies
profiles    security levels
policy      grants laid over each other, and the decision
configured  profiles and grants of the configuration
request     what a spell's header asks for
answers     what the user answered, once or for good; `store` keeps it
trust       which projects' configuration may widen permissions
report      what a spell may do, for people

Checked by the kernel, in the parent process; never in the script and never by a prompt.
"""

from llmspell.permissions.grants import Grants, Rule, merge
from llmspell.permissions.kinds import KINDS, Kind, Target
from llmspell.permissions.policy import Decision, Policy
from llmspell.permissions.profiles import PROFILES, Profile, find_profile

__all__ = [
    "KINDS",
    "PROFILES",
    "Decision",
    "Grants",
    "Kind",
    "Policy",
    "Profile",
    "Rule",
    "Target",
    "find_profile",
    "merge",
]
