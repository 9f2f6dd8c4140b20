-- The checks of the article, of one run date. Parameter: run_date (YYYY-MM-DD). Those of checks.sql run with them.
--
-- Each check begins with a line `-- check: name (fail)` or `-- check: name (warn)` and is one query that returns one row
-- with two numbers, expected and actual. Where they differ, fail fails the run, and warn is logged and shown. A text in a
-- column called message is told with the numbers.
--
-- Comments of checks are free of quotes, semicolons, and colons before words: whether the Data API knows a comment when
-- it looks for parameters is not documented.

-- check: store_sales_rows (fail)
-- Every sale that the source holds for the day was loaded or rejected.
select (select count(*) from src_store_sales where ss_sold_date = cast(:run_date as date)) as expected,
       (select count(*) from store_sales
         where ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer)
     + (select count(*) from store_sales_rejected
         where ss_sold_date = cast(:run_date as date)) as actual;

-- check: store_sales_item_versions (fail)
-- Every sale of the day refers to the version of its item that was valid on that day.
select count(*) as expected,
       count(i.i_item_sk) as actual
  from store_sales f
  left join item i
    on i.i_item_sk = f.ss_item_sk
   and cast(:run_date as date) between i.i_rec_start_date and nvl(i.i_rec_end_date, '9999-12-31'::date)
 where f.ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer;
