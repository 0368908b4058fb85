"""New plugins and spells, made of templates.

names      what the new thing is called, and which names are refused
template   the folders below `templates`, one per kind, and how they are filled in
placing    putting files where they belong, all or none

A template has `files`, whose paths and texts are filled in (`NAME` and `PACKAGE` in paths, `{{name}}` in texts; a final
`.txt` is dropped), and `next.txt`, the commands to type then.
"""
