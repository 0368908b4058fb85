"""Keys and other secrets: where they are found, and how they are kept.

secret      a text that hides itself
lookup      a secret by its name: environment, then keyring, then file
shapes      what secrets look like in text; `encodings` has the forms of an exact one
folder      the private folder of the two stores below: permissions, lock, atomic replacement
keyring     the operating system's keyring (extra `keyring`)
vault       the encrypted file (extra `keys`); `sealing` has its cryptography, `format` its shape on disk
passphrase  where the file's passphrase comes from
dotenv      reading `KEY=VALUE` lines

Only `secret` and `lookup` are imported with the package; everything else waits until a stored key is needed.
"""

from llmspell.secrets.lookup import Secrets
from llmspell.secrets.secret import Secret

__all__ = ["Secret", "Secrets"]
