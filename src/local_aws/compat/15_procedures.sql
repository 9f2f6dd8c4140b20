-- What procedure bodies call.

-- Redshift takes a name that is both a variable and a column for the variable.
ALTER ROLE ALL SET plpgsql.variable_conflict = 'use_variable';

-- Whether a procedure may end the transaction: it is not called inside a transaction block, which the dialect marks by
-- BEGIN DEFERRABLE (of no effect otherwise), and not by a statement that a block with a handler protects.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_may_end() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT current_setting('transaction_deferrable') = 'off'
       AND coalesce(current_setting('local_aws.nested', true), '') <> 'on'
$$;

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_check_may_end(state text, message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT local_aws_may_end() THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE =
            'local stand-in does not support SQL in the exception handler of a procedure that is called inside a '
            'transaction block, or by a procedure with an exception handler; the error was: ' || message;
    END IF;
END
$$;

-- Whether each statement of a NONATOMIC procedure commits: not after its START TRANSACTION. The setting is local to
-- the transaction, so that COMMIT and ROLLBACK end it.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_autocommits() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT local_aws_may_end() AND coalesce(current_setting('local_aws.block', true), '') <> 'on'
$$;

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'local stand-in does not support %', what USING ERRCODE = 'feature_not_supported';
END
$$;

-- Ask the stand-in for something: a message goes out at once, the answer comes as a file. An empty file says that
-- the stand-in is at work.
CREATE OR REPLACE FUNCTION local_aws.ask(kind text, question text, file text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    path text := 'local_aws_mailbox/' || file;
    answer text;
    deadline timestamptz := clock_timestamp() + interval '10 seconds';
BEGIN
    IF file !~ '^[0-9a-f-]+$' THEN -- whoever calls it, it reads nothing else
        RAISE EXCEPTION 'no such answer: %', file;
    END IF;
    answer := pg_read_file(path, true);
    IF answer IS NULL THEN
        RAISE INFO USING ERRCODE = kind, MESSAGE = question;
    END IF;
    WHILE coalesce(answer, '') = '' LOOP
        IF answer IS NULL AND clock_timestamp() > deadline THEN
            PERFORM local_aws_refuse('dynamic SQL, COPY and UNLOAD on a connection that is not its own');
        END IF;
        PERFORM pg_sleep(CASE WHEN answer IS NULL THEN 0.0005 ELSE 0.005 END);
        answer := pg_read_file(path, true);
    END LOOP;
    RETURN answer;
END
$$;

-- Dynamic SQL, rewritten. Answers are kept, so that a loop asks once.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_dynamic(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    IF sql IS NULL THEN
        RETURN NULL;
    END IF;
    IF current_setting('local_aws.enable_case_sensitive_identifier', true) IN ('on', 'true', '1') THEN
        sql := '/*local_aws: keep case*/' || sql;
    END IF;
    answer := local_aws.ask('LA001', sql, encode(sha256(convert_to(sql, 'UTF8')), 'hex'));
    IF left(answer, 1) = '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = substr(answer, 2);
    END IF;
    PERFORM set_config('local_aws.truncated', (ltrim(sql) ILIKE 'truncate%')::text, true);
    RETURN substr(answer, 2);
END
$$;

-- TRUNCATE commits, which it may not do inside a transaction block.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_truncates() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_deferrable') = 'on' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_termination',
            MESSAGE = 'TRUNCATE cannot be invoked from a procedure that is executing in an atomic context.';
    END IF;
    RETURN true;
END
$$;

-- Whether the last dynamic SQL was TRUNCATE.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_truncated() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN current_setting('local_aws.truncated', true) = 'true' THEN local_aws_truncates() ELSE false END
$$;
