-- Further checks, in the format that validate_sql_statement.sql explains. Add your own.
--
-- Parameter: run_date (YYYY-MM-DD), for the checks that need it. None reads more of the facts or of their source than
-- the day, or the 60 days before it: a day costs as much beside ten years of history as beside none.

-- check: store_sales_delivered (fail)
-- There is at least one sale of the day.
select 1 as expected,
       nvl(max(1), 0) as actual,
       'the source holds no sales of the day' as message
  from src_store_sales
 where ss_sold_date = cast(:run_date as date);

-- check: date_dim_keys (fail)
-- No surrogate key and no day comes twice. The same for the other dimensions, each with its own keys.
select 0 as expected,
       2 * count(*) - count(distinct d_date_sk) - count(distinct d_date) as actual
  from date_dim;

-- check: customer_keys (fail)
select 0 as expected,
       2 * count(*) - count(distinct c_customer_sk) - count(distinct c_customer_id) as actual
  from customer;

-- check: customer_address_keys (fail)
select 0 as expected,
       2 * count(*) - count(distinct ca_address_sk) - count(distinct ca_address_id) as actual
  from customer_address;

-- check: item_keys (fail)
-- An item has several versions, but only one that begins on a day.
select 0 as expected,
       (select count(*) - count(distinct i_item_sk) from item)
     + (select nvl(sum(versions - 1), 0)
          from (select count(*) as versions from item group by i_item_id, i_rec_start_date) starts) as actual;

-- check: item_versions (fail)
-- Each version of an item ends the day before the next one begins, without a gap or an overlap, and the last has no end.
select count(*) as expected,
       nvl(sum(case when next_start is null and i_rec_end_date is null then 1
                    when i_rec_end_date = dateadd(day, -1, next_start)::date
                     and i_rec_end_date >= i_rec_start_date then 1
                    else 0 end), 0) as actual
  from (select i_rec_start_date, i_rec_end_date,
               lead(i_rec_start_date) over (partition by i_item_id order by i_rec_start_date) as next_start
          from item) versions;

-- check: store_sales_keys (fail)
-- No ticket line of the run date was loaded twice.
select 0 as expected,
       nvl(sum(copies - 1), 0) as actual
  from (select count(*) as copies
          from store_sales
         where ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer
         group by ss_store_sk, ss_ticket_number, ss_item_sk) lines;

-- check: store_sales_orphans (fail)
-- Foreign keys of the run date without their row in a dimension.
select 0 as expected,
       nvl(sum(case when d.d_date_sk is null then 1 else 0 end
             + case when i.i_item_sk is null then 1 else 0 end
             + case when c.c_customer_sk is null then 1 else 0 end
             + case when a.ca_address_sk is null then 1 else 0 end), 0) as actual
  from store_sales f
  left join date_dim d on d.d_date_sk = f.ss_sold_date_sk
  left join item i on i.i_item_sk = f.ss_item_sk
  left join customer c on c.c_customer_sk = f.ss_customer_sk
  left join customer_address a on a.ca_address_sk = f.ss_addr_sk
 where f.ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer;

-- check: store_sales_quantity (fail)
-- What was loaded and what was rejected add up to what was delivered for the run date.
select (select nvl(sum(ss_quantity), 0) from src_store_sales where ss_sold_date = cast(:run_date as date)) as expected,
       (select nvl(sum(ss_quantity), 0) from store_sales
         where ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer)
     + (select nvl(sum(ss_quantity), 0) from store_sales_rejected
         where ss_sold_date = cast(:run_date as date)) as actual;

-- check: store_sales_amount (fail)
select (select nvl(sum(ss_quantity * ss_sales_price), 0) from src_store_sales
         where ss_sold_date = cast(:run_date as date)) as expected,
       (select nvl(sum(ss_ext_sales_price), 0) from store_sales
         where ss_sold_date_sk = to_char(cast(:run_date as date), 'YYYYMMDD')::integer)
     + (select nvl(sum(ss_quantity * ss_sales_price), 0) from store_sales_rejected
         where ss_sold_date = cast(:run_date as date)) as actual;

-- check: source_freshness (warn)
-- By how many days the newest sales that the source holds up to the run date are older than it, 61 for more than 60.
select 0 as expected,
       nvl(datediff(day, max(ss_sold_date), cast(:run_date as date)), 61) as actual
  from src_store_sales
 where ss_sold_date between dateadd(day, -60, cast(:run_date as date)) and cast(:run_date as date);

-- check: missed_days (warn)
-- Days of the 30 before the run date that the source has sales of, and that were not loaded though an earlier one of
-- these days was.
select 0 as expected,
       count(*) as actual
  from (select distinct to_char(ss_sold_date, 'YYYYMMDD')::integer as day
          from src_store_sales
         where ss_sold_date between dateadd(day, -30, cast(:run_date as date)) and dateadd(day, -1, cast(:run_date as date))
       ) delivered
  left join (select distinct ss_sold_date_sk as day
               from store_sales
              where ss_sold_date_sk between to_char(dateadd(day, -30, cast(:run_date as date)), 'YYYYMMDD')::integer
                                        and to_char(dateadd(day, -1, cast(:run_date as date)), 'YYYYMMDD')::integer
              union
             select to_char(ss_sold_date, 'YYYYMMDD')::integer
               from store_sales_rejected
              where ss_sold_date between dateadd(day, -30, cast(:run_date as date))
                                     and dateadd(day, -1, cast(:run_date as date))) loaded
    on loaded.day = delivered.day
 where loaded.day is null
   and delivered.day > (select min(ss_sold_date_sk)
                          from store_sales
                         where ss_sold_date_sk between to_char(dateadd(day, -30, cast(:run_date as date)), 'YYYYMMDD')::integer
                                                   and to_char(dateadd(day, -1, cast(:run_date as date)), 'YYYYMMDD')::integer);
