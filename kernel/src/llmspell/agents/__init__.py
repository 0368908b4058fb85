"""Agents that work with one another.

handoff      carries out an agent's wish that another goes on (`Result.handoff`)
history      what of a conversation goes along
lookup       agents by name
delegation   agents as tools of a model: to ask them, and to hand over to them
chat         a conversation that grows turn by turn
compaction   how a conversation that is too long is made shorter
table        what the configuration may say of an agent, whatever its type
preset       agent types that are another one with a role
verified     agents whose answers a program verifies
"""
