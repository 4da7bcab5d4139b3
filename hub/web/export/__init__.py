"""What is handed to somebody outside: one ZIP that can be checked without this hub."""
