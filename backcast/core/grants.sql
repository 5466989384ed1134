-- Run as the owner of the database: extensions that every migration may rely on, and what the two
-- working roles may do with tables that the owner creates.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
