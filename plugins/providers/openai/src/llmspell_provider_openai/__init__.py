"""Chat completions from any OpenAI-compatible server, and from Ollama."""
