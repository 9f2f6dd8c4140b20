-- What each step of the pipeline runs, under the name of the step. Parameter: run_date (YYYY-MM-DD).
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
