"""Report: maps, charts, tables and documents that a planner reads."""
