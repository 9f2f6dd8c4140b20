-- The validations of one run date. Each statement returns one row:
--   check_name, run_date, expected, actual, status (passed or failed)
-- Parameters: run_date (YYYY-MM-DD), and on_failure, which is report to return a failed check as a row (the flow reads
-- the numbers) or raise to end the statement with an error that says the same (for a caller that sees only whether a
-- statement has finished, like the state machine). Plain SQL has no other way to raise an error in Redshift than a cast
-- that cannot succeed, and the text to cast becomes part of the message.
--
-- These comments are free of quotes, semicolons, and colons before words: whether the Data API knows a comment when it
-- looks for parameters is not documented.

-- Every sale that the source holds for the day was loaded or rejected, and there was at least one.
select check_name, run_date, expected, actual,
       case when expected = actual and expected > 0 then 'passed'
            when cast(:on_failure as varchar(16)) = 'report' then 'failed'
            else cast(cast('validation ' || check_name || ' failed on ' || run_date::varchar || ': expected '
                 || expected::varchar || ', found ' || actual::varchar as integer) as varchar) end as status
  from (select 'store_sales_rows'::varchar(64) as check_name,
               cast(:run_date as date) as run_date,
               (select count(*) from src_store_sales where ss_sold_date = cast(:run_date as date)) as expected,
               (select count(*) from store_sales
                 where ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer)
             + (select count(*) from store_sales_rejected
                 where ss_sold_date = cast(:run_date as date)) as actual) counted;

-- Every sale of the day refers to the version of its item that was valid on that day.
select check_name, run_date, expected, actual,
       case when expected = actual then 'passed'
            when cast(:on_failure as varchar(16)) = 'report' then 'failed'
            else cast(cast('validation ' || check_name || ' failed on ' || run_date::varchar || ': expected '
                 || expected::varchar || ', found ' || actual::varchar as integer) as varchar) end as status
  from (select 'store_sales_item_versions'::varchar(64) as check_name,
               cast(:run_date as date) as run_date,
               count(*) as expected,
               count(i.i_item_sk) as actual
          from store_sales f
          left join item i
            on i.i_item_sk = f.ss_item_sk
           and cast(:run_date as date) between i.i_rec_start_date and nvl(i.i_rec_end_date, '9999-12-31'::date)
         where f.ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer) counted;
