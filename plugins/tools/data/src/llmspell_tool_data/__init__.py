"""Tools for data: CSV, XML, YAML, TOML, SQLite, statistics, schemas and differences."""
