"""Weekly figures of a merchant: columns in Chinese or English, one row a week, as shops export
them."""
