"""Payment rails: one folder each, translating a foreign protocol to the cashier's words."""
