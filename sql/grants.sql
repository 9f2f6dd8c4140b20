-- The database user of the job: it owns one schema, and can do nothing outside it. The database's owner runs this once,
-- and the job then runs as that user, with --schema sales: REDSHIFT_DB_USER=sales_etl on a cluster; on a serverless
-- workgroup create the user of the IAM role instead, "IAMR:name-of-the-role". Another environment is another schema with
-- another user: the same file with other names.

-- No password: it logs in by temporary credentials. No right to create databases or users.
create user sales_etl password disable;

-- Its own: each run replaces its procedures, and a load locks its tables. setup=always drops them.
create schema sales authorization sales_etl;

-- By default everybody may create tables in public.
revoke create on schema public from public;

-- Tables that others deliver, in a schema of theirs, are only read:
--   grant usage on schema delivered to sales_etl;
--   grant select on all tables in schema delivered to sales_etl;
