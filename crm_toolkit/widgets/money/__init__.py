"""Money on clients, tried by hand: budgets of acquisition and retention, whom to contact, cards of technologies."""
