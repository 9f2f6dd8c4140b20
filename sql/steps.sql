-- What each step of the job runs, under the name of the step. Parameter: run_date (YYYY-MM-DD), and of a step for a
-- range of days first_day and last_day. Where one batch loads several days or ranges, the names of their parameters end
-- in a number, run_date_01, run_date_02 and so on.
--
-- A load tells what it changed by the OUT arguments of its procedure, rows_inserted, rows_updated and rows_rejected.
--
-- Comments of statements with parameters are free of quotes, semicolons, and colons before words: whether the Data API
-- knows a comment when it looks for parameters is not documented.

-- step: setup_sales_data_pipeline
call sp_setup_sales_data_pipeline();

-- step: check_run_date
call sp_check_run_date(cast(:run_date as date));

-- step: LoadItemTable
call sp_load_dim_item();

-- step: LoadCustomerAddressTable
call sp_load_dim_customer_address();

-- step: run_load_fact_sales
call sp_load_fact_sales(cast(:run_date as date));

-- step: load_fact_sales_range
-- The same for all days from first_day to last_day, for a backfill.
call sp_load_fact_sales_range(cast(:first_day as date), cast(:last_day as date), cast(0 as bigint), cast(0 as bigint));

-- step: find_days
-- What the warehouse holds for each day from first_day to last_day. One row for each that is in the calendar
--   day
--   delivered   rows that the source holds for the day
--   problem     why the day is not loaded, or not rightly, by the same comparisons as the checks of one day, else empty
--   loaded      facts of the day, for the table of days
--   rejected    rows reported as rejected, for the table of days
with asked as (
    select d_date, d_date_sk
      from date_dim
     where d_date between cast(:first_day as date) and cast(:last_day as date)
)
select a.d_date as day,
       nvl(s.delivered, 0) as delivered,
       case when nvl(s.delivered, 0) = 0
            then 'store_sales_delivered: the source holds no sales of the day'
            when s.delivered <> nvl(f.loaded, 0) + nvl(r.rejected, 0)
            then 'store_sales_rows: expected ' || s.delivered::varchar || ', found '
                 || (nvl(f.loaded, 0) + nvl(r.rejected, 0))::varchar
            when nvl(f.loaded, 0) <> nvl(f.item_versions, 0)
            then 'store_sales_item_versions: expected ' || f.loaded::varchar || ', found ' || f.item_versions::varchar
            else '' end as problem,
       nvl(f.loaded, 0) as loaded,
       nvl(r.rejected, 0) as rejected
  from asked a
  left join (select ss_sold_date, count(*) as delivered
               from src_store_sales
              where ss_sold_date between cast(:first_day as date) and cast(:last_day as date)
              group by ss_sold_date) s
    on s.ss_sold_date = a.d_date
  left join (select sold.d_date, count(*) as loaded, count(i.i_item_sk) as item_versions
               from asked sold
               join (select ss_sold_date_sk, ss_item_sk
                       from store_sales
                      where ss_sold_date_sk between to_char(cast(:first_day as date), 'YYYYMMDD')::integer
                                                and to_char(cast(:last_day as date), 'YYYYMMDD')::integer) f
                 on f.ss_sold_date_sk = sold.d_date_sk
               left join item i
                 on i.i_item_sk = f.ss_item_sk
                and sold.d_date between i.i_rec_start_date and nvl(i.i_rec_end_date, '9999-12-31'::date)
              group by sold.d_date) f
    on f.d_date = a.d_date
  left join (select ss_sold_date, count(*) as rejected
               from store_sales_rejected
              where ss_sold_date between cast(:first_day as date) and cast(:last_day as date)
              group by ss_sold_date) r
    on r.ss_sold_date = a.d_date
 order by a.d_date;
