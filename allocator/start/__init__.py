"""From a weekly export to a first instance: an archetype scaled to a merchant's own weeks."""
