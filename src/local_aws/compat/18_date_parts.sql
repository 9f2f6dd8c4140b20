-- DATE_PART and EXTRACT take Redshift's abbreviations, and EXTRACT from a timestamp is an integer.
-- Milliseconds and microseconds are those after the second. PostgreSQL's own functions stay, under other names.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY[
    'date_part(text, timestamp)', 'date_part(text, timestamptz)', 'date_part(text, date)', 'date_part(text, time)',
    'extract(text, timestamp)', 'extract(text, timestamptz)', 'extract(text, date)', 'extract(text, time)', 'date_part(text, timetz)', 'extract(text, timetz)'
]) AS f;

