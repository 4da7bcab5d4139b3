"""The database: SQLite by default, PostgreSQL by changing one URL."""
