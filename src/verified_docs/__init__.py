"""Documentation whose code is run, compared and shown in two languages."""
