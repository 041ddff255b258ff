"""What systems call channels and services, and the tables in which a person says what is meant."""
