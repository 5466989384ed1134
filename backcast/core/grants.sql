-- What the two working roles may do, run as the owner before and after migrations; safe to repeat.
-- Tables that the owner creates can be read and written (row-level security stands behind that),
-- their sequences used, and functions called. Nothing else.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
GRANT USAGE ON SCHEMA public TO backcast_app, backcast_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backcast_app, backcast_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO backcast_app, backcast_worker;
-- New functions are nobody's to call except for these two.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT EXECUTE ON FUNCTIONS TO backcast_app, backcast_worker;
DO $$
BEGIN
  IF to_regclass('public.django_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations
      FROM backcast_app, backcast_worker;
  END IF;
  -- Audit rows are inserted by a trigger that runs with the owner's rights.
  IF to_regclass('public.core_auditentry') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON core_auditentry
      FROM backcast_app, backcast_worker;
  END IF;
END $$;
