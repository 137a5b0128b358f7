"""Instances as workbooks: what their sheets hold, how they are written and read."""
