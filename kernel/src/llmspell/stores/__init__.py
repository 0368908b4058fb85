"""What stores have in common, for those who write one: checks of what comes in, errors, and where files go."""

from llmspell.stores.checks import check_blob, check_changes, check_limit, check_name, check_position, encode
from llmspell.stores.errors import changed_meanwhile, closed, grown_meanwhile, not_what_it_was
from llmspell.stores.places import data_folder, project_folder

__all__ = [
    "changed_meanwhile",
    "check_blob",
    "check_changes",
    "check_limit",
    "check_name",
    "check_position",
    "closed",
    "data_folder",
    "encode",
    "grown_meanwhile",
    "not_what_it_was",
    "project_folder",
]
