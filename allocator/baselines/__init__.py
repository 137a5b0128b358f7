"""What planning is worth: simpler ways to plan the same merchant, made to keep the same rules and
replayed in the same world.
"""
