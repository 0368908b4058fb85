"""HTTP for tools, through one guard: `await context.http.get(url)`.

client       requests, redirects and downloads
url          a URL, read strictly
request      what is sent, and what a redirect makes of it
egress       whether a URL may be asked, and at which addresses
addresses    which addresses are public
resolver     where a host is
connections  the client library, connected to the addresses that were checked
body         an answer's body, decompressed and bounded
response     the answer
stream       a connection for what is not HTTP; `arriving` holds what comes over it
record       the event of each request
faults       what can go wrong, as errors

No proxy is ever used, not even one that the environment names: behind a proxy, where a name leads would be the proxy's
decision and not the guard's. Neither is a cookie kept, nor `.netrc` read.
"""

from llmspell.http.client import Http, Sink
from llmspell.http.connections import connections_of
from llmspell.http.response import Response
from llmspell.http.stream import Stream

__all__ = ["Http", "Response", "Sink", "Stream", "connections_of"]
