"""Where names become objects: schema, loading, checking, building, interventions."""
