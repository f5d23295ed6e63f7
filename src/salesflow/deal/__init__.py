"""What we sell: the deal, and each kind of record kept in it."""
