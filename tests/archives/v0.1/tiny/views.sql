-- blocs-views 1. In this folder: duckdb -init views.sql
CREATE OR REPLACE VIEW events AS FROM 'events.parquet';
CREATE OR REPLACE VIEW states AS FROM 'states.parquet';
CREATE OR REPLACE VIEW outcomes AS SELECT unnest(outcomes, max_depth := 2) FROM 'scores.json';
CREATE OR REPLACE VIEW answers AS SELECT unnest(answers, max_depth := 2) FROM 'answers.json';
