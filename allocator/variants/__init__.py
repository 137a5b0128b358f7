"""Other plans of one instance: decisions fixed or wanted, another thing sought, the same laws."""
