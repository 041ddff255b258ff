"""Planning: forecasts per channel and service, how good they are, and the staff they ask for."""
