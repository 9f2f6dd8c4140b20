-- Date functions. They are single expressions and not STRICT, so that PostgreSQL puts them into the query and works
-- out the date part once.

-- The full name of a date part or of its abbreviation.
CREATE OR REPLACE FUNCTION local_aws.date_part_name(part text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN lower(part) IN ('years', 'y', 'yr', 'yrs') THEN 'year'
        WHEN lower(part) IN ('months', 'mon', 'mons') THEN 'month'
        WHEN lower(part) IN ('days', 'd') THEN 'day'
        WHEN lower(part) IN ('hours', 'h', 'hr', 'hrs') THEN 'hour'
        WHEN lower(part) IN ('minutes', 'm', 'min', 'mins') THEN 'minute'
        WHEN lower(part) IN ('seconds', 's', 'sec', 'secs') THEN 'second'
        WHEN lower(part) IN ('weeks', 'w') THEN 'week'
        WHEN lower(part) IN ('quarters', 'qtr', 'qtrs') THEN 'quarter'
        WHEN lower(part) IN ('dayofweek', 'dw', 'weekday') THEN 'dow'
        WHEN lower(part) IN ('dayofyear', 'dy', 'yearday') THEN 'doy'
        WHEN lower(part) IN ('milliseconds', 'ms', 'msec', 'msecs',
                             'msecond', 'mseconds', 'millisec', 'millisecs', 'millisecon') THEN 'millisecond'
        WHEN lower(part) IN ('microseconds', 'us', 'usec', 'usecs',
                             'usecond', 'useconds', 'microsec', 'microsecs', 'microsecon') THEN 'microsecond'
        WHEN lower(part) IN ('decades', 'dec', 'decs') THEN 'decade'
        WHEN lower(part) IN ('centuries', 'c', 'cent', 'cents') THEN 'century'
        WHEN lower(part) IN ('millennia', 'mil', 'mils') THEN 'millennium'
        ELSE lower(part)
    END
$$;
CREATE OR REPLACE FUNCTION local_aws.invalid_part(part text, type anyelement) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION 'invalid datepart: %', part;
END
$$;

CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE
AS 'SELECT date_trunc(''second'', statement_timestamp()::timestamp)';
CREATE OR REPLACE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE
AS 'SELECT transaction_timestamp()::timestamp';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $1::date';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(timestamptz) RETURNS date LANGUAGE sql STABLE AS 'SELECT $1::date';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(date) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $1';

-- DATEADD. Adding months to a day that the result's month lacks gives its last day; adding years gives March 1st.
CREATE OR REPLACE FUNCTION local_aws.add_years(start timestamp, years bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT start + make_interval(years => years::int)
        + make_interval(days => (pg_date_part('day', start + make_interval(years => years::int))
                                 < pg_date_part('day', start))::int)
$$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE local_aws.date_part_name(part)
        WHEN 'day' THEN start + make_interval(days => number::int)
        WHEN 'week' THEN start + make_interval(days => 7 * number::int)
        WHEN 'hour' THEN start + number * interval '1 hour'
        WHEN 'minute' THEN start + number * interval '1 minute'
        WHEN 'second' THEN start + number * interval '1 second'
        WHEN 'millisecond' THEN start + number * interval '1 millisecond'
        WHEN 'microsecond' THEN start + number * interval '1 microsecond'
        WHEN 'month' THEN start + make_interval(months => number::int)
        WHEN 'quarter' THEN start + make_interval(months => 3 * number::int)
        WHEN 'year' THEN local_aws.add_years(start, number)
        WHEN 'decade' THEN local_aws.add_years(start, 10 * number)
        WHEN 'century' THEN local_aws.add_years(start, 100 * number)
        WHEN 'millennium' THEN local_aws.add_years(start, 1000 * number)
        ELSE local_aws.invalid_part(part, start)
    END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$ SELECT dateadd(part, number, start::timestamp)::timestamptz $$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start time) RETURNS time
LANGUAGE sql IMMUTABLE AS $$ SELECT dateadd(part, number, timestamp '2000-01-01' + start)::time $$;
-- A date would otherwise become a timestamp with time zone, which PostgreSQL prefers; quoted text is a timestamp.
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start date) RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$ SELECT dateadd(part, number, start::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start text) RETURNS timestamp
LANGUAGE sql STABLE AS $$ SELECT dateadd(part, number, start::timestamp) $$;

-- DATEDIFF counts the boundaries between two moments. Weeks begin on Sunday; 2000-01-02 was one.
CREATE OR REPLACE FUNCTION local_aws.boundaries(part text, moment timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE local_aws.date_part_name(part)
        WHEN 'day' THEN (moment::date - date '2000-01-02')::bigint
        WHEN 'week' THEN floor((moment::date - date '2000-01-02') / 7.0)::bigint
        WHEN 'year' THEN pg_date_part('year', moment)::bigint
        WHEN 'quarter' THEN (4 * pg_date_part('year', moment) + pg_date_part('quarter', moment))::bigint
        WHEN 'month' THEN (12 * pg_date_part('year', moment) + pg_date_part('month', moment))::bigint
        WHEN 'decade' THEN pg_date_part('decade', moment)::bigint
        WHEN 'century' THEN pg_date_part('century', moment)::bigint
        WHEN 'millennium' THEN pg_date_part('millennium', moment)::bigint
        WHEN 'hour' THEN floor(pg_extract('epoch', moment) / 3600)::bigint
        WHEN 'minute' THEN floor(pg_extract('epoch', moment) / 60)::bigint
        WHEN 'second' THEN floor(pg_extract('epoch', moment))::bigint
        WHEN 'millisecond' THEN floor(pg_extract('epoch', moment) * 1000)::bigint
        WHEN 'microsecond' THEN floor(pg_extract('epoch', moment) * 1000000)::bigint
        ELSE local_aws.invalid_part(part, 0::bigint)
    END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timestamp, last timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.boundaries(part, last) - local_aws.boundaries(part, first) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first time, last time) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT datediff(part, timestamp '2000-01-01' + first, timestamp '2000-01-01' + last) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timestamptz, last timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT datediff(part, first::timestamp, last::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first date, last date) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT datediff(part, first::timestamp, last::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first text, last text) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT datediff(part, first::timestamp, last::timestamp) $$;
