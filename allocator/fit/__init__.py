"""Learning the parameters of the laws from a merchant's weeks."""
