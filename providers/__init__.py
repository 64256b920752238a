"""Sources of games: each folder translates one provider's words to the house's and back."""
