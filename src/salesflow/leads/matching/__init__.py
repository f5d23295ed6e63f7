"""What two records are compared by: how names, phone numbers and domains are read, and the tables that this needs."""
