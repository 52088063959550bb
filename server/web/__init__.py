"""What every route shares: middleware, problem+json, OpenAPI, page rendering. No feature's rules are here."""
