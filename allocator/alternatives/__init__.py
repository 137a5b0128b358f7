"""Plans that are worth nearly as much as the best, and different."""
