"""The agent that runs a model in a tool-calling loop."""
