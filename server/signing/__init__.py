"""Forms that clerk and citizen read together, and the citizen signs: prepared, signed, sealed, checked."""
