-- What each step of the pipeline runs, under the name of the step. Parameter: run_date (YYYY-MM-DD). For many days at
-- once, a step of one day is run for each of them, and its parameter is called run_date_01, run_date_02 and so on.
--
-- Comments of statements with parameters are free of quotes, semicolons, and colons before words: whether the Data API
-- knows a comment when it looks for parameters is not documented.

-- step: drop_tables
-- Every table of the pipeline, history included: run only on request, in one transaction with what follows. In the
-- order in which the loads lock them, so that neither waits for the other for ever.
drop table if exists store_sales;
drop table if exists store_sales_rejected;
drop table if exists item;
drop table if exists customer;
drop table if exists customer_address;
drop table if exists date_dim;
drop table if exists src_item;
drop table if exists src_customer_address;
drop table if exists src_store_sales;

-- step: setup_sales_data_pipeline
call sp_setup_sales_data_pipeline();

-- step: check_run_date
call sp_check_run_date(cast(:run_date as date));

-- step: count_rows
-- How many rows each table holds, counted before the loads and with the validations. One query of two columns.
select 'customer' as table_name, count(*) as row_count from customer
 union all
select 'customer_address', count(*) from customer_address
 union all
select 'date_dim', count(*) from date_dim
 union all
select 'item', count(*) from item
 union all
select 'store_sales', count(*) from store_sales
 order by table_name;

-- step: scheduled_run_date
-- For the state machine, whose schedule tells a time in UTC, in ISO 8601, and not a day. Parameters:
-- scheduled_time and timezone.
select to_char(convert_timezone('UTC', :timezone, cast(left(replace(:scheduled_time, 'T', ' '), 19) as timestamp)),
               'YYYY-MM-DD');

-- step: LoadItemTable
call sp_load_dim_item();

-- step: LoadCustomerAddressTable
call sp_load_dim_customer_address();

-- step: run_load_fact_sales
call sp_load_fact_sales(cast(:run_date as date));

-- step: find_days
-- What the warehouse holds for each of many days, which are parameters too. days lists them (2026-11-22,2026-11-23 and
-- so on), first_day and last_day are the first and the last of them. One row for each that is in the calendar
--   day
--   delivered      rows that the source holds for the day
--   loaded         facts of the day
--   rejected       rows reported as rejected
--   item_versions  those of the facts that refer to the version of their item that was valid on the day
-- These are the numbers that the validations of one run date compare.
with asked as (
    select d_date, d_date_sk
      from date_dim
     where d_date between cast(:first_day as date) and cast(:last_day as date)
       and strpos(cast(:days as varchar(65535)), to_char(d_date, 'YYYY-MM-DD')) > 0
)
select a.d_date as day,
       nvl(s.delivered, 0) as delivered,
       nvl(f.loaded, 0) as loaded,
       nvl(r.rejected, 0) as rejected,
       nvl(f.item_versions, 0) as item_versions
  from asked a
  left join (select ss_sold_date, count(*) as delivered
               from src_store_sales
              where ss_sold_date between cast(:first_day as date) and cast(:last_day as date)
              group by ss_sold_date) s
    on s.ss_sold_date = a.d_date
  left join (select sold.d_date, count(*) as loaded, count(i.i_item_sk) as item_versions
               from asked sold
               join store_sales f
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
