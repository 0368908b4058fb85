"""Chat completions from everything that litellm reaches."""
