"""Who may call: the doors, how callers are recognised, and what each may do."""
