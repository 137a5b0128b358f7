"""Plans under doubt: worlds that may come true, plans scored in them, plans for all of them."""
