-- The procedures of the sales data pipeline, in Amazon Redshift's dialect.
--
-- Every statement of this file creates or replaces, so the file can be run any number of times. Tables:
--
--   dimensions  date_dim, customer, customer_address (SCD type 1), item (SCD type 2 on its price)
--   fact        store_sales, and store_sales_rejected: the source rows that could not become facts, with the reason
--   source      src_item, src_customer_address, src_store_sales: what the operational systems have delivered
--
-- Surrogate keys end in _sk and business keys in _id. Surrogate key -1 is the unknown member of a dimension.
-- Surrogate keys are numbered here, under a table lock, and not by IDENTITY: the same deliveries then give the same
-- keys, without gaps, wherever the pipeline runs.
--
-- Staging tables are temporary, dropped at the end, and rolled back with the rest after an error. None is dropped at
-- the start: DROP TABLE would find a permanent table of that name.

-- Fails unless p_run_date is a day of the calendar.
create or replace procedure sp_check_run_date(p_run_date date)
language plpgsql
as $$
declare
    first_day date;
    last_day  date;
    matches   integer;
begin
    select min(d_date), max(d_date), sum(case when d_date = p_run_date then 1 else 0 end)
      into first_day, last_day, matches
      from date_dim;
    if matches is null or matches = 0 then
        raise exception 'run date % is outside the calendar (date_dim holds % to %)', p_run_date, first_day, last_day;
    end if;
end;
$$;

-- Creates the tables with a full calendar and sample data, where none of them exists yet; leaves existing ones as they
-- are, and refuses to guess when only some of them exist.
--
-- The sample data has, for every day of the calendar, three stores' sales, and in them each case that the loads decide:
--   an item whose price changed once, or twice            -> sold at the version valid on the day of sale
--   an item that is new in the feed                       -> inserted, and rejected for sales before its first version
--   an item that no feed knows (ITEM0099)                 -> rejected: unknown item
--   a customer that has not arrived yet (CUST0021)        -> loaded with the unknown customer, -1
--   a ticket line that was delivered twice                -> loaded once, the copy rejected
create or replace procedure sp_setup_sales_data_pipeline()
language plpgsql
as $$
declare
    existing integer;
begin
    -- pg_tables, because current_schema() exists on the leader node only and SVV views may need the compute nodes.
    select count(*) into existing
      from pg_tables
     where schemaname = current_schema()
       and tablename in ('date_dim', 'customer', 'customer_address', 'item', 'store_sales', 'store_sales_rejected',
                         'src_item', 'src_customer_address', 'src_store_sales');
    if existing = 9 then
        return;
    end if;
    if existing > 0 then
        raise exception 'setup found only % of the 9 tables of the pipeline; restore the others, or drop all to start over',
            existing;
    end if;

    create table date_dim (
        d_date_sk     integer     not null encode raw,
        d_date        date        not null encode az64,
        d_day_name    varchar(9)  not null encode bytedict,
        d_dow         smallint    not null encode az64,
        d_dom         smallint    not null encode az64,
        d_moy         smallint    not null encode az64,
        d_qoy         smallint    not null encode az64,
        d_year        smallint    not null encode az64,
        d_weekend     char(1)     not null encode zstd,
        primary key (d_date_sk)
    ) diststyle all sortkey (d_date_sk);

    create table customer_address (
        ca_address_sk    bigint      not null encode raw,
        ca_address_id    varchar(16) not null encode zstd,
        ca_street_number varchar(10) not null encode zstd,
        ca_street_name   varchar(60) not null encode zstd,
        ca_city          varchar(60) not null encode zstd,
        ca_state         char(2)     not null encode zstd,
        ca_zip           varchar(10) not null encode zstd,
        ca_country       varchar(20) not null encode zstd,
        primary key (ca_address_sk)
    ) diststyle all sortkey (ca_address_sk);

    create table customer (
        c_customer_sk     bigint      not null encode raw,
        c_customer_id     varchar(16) not null encode zstd,
        c_current_addr_sk bigint      not null encode az64 references customer_address (ca_address_sk),
        c_first_name      varchar(20) encode zstd,
        c_last_name       varchar(30) encode zstd,
        primary key (c_customer_sk)
    ) diststyle all sortkey (c_customer_sk);

    create table item (
        i_item_sk        bigint       not null encode raw distkey,
        i_item_id        varchar(16)  not null encode zstd,
        i_rec_start_date date         not null encode az64,
        i_rec_end_date   date         encode az64,
        i_item_desc      varchar(200) not null encode zstd,
        i_category       varchar(50)  not null encode bytedict,
        i_current_price  decimal(7,2) not null encode az64,
        primary key (i_item_sk)
    ) diststyle key compound sortkey (i_item_id, i_rec_start_date);

    create table store_sales (
        ss_sold_date_sk    integer      not null encode raw references date_dim (d_date_sk),
        ss_item_sk         bigint       not null encode az64 distkey references item (i_item_sk),
        ss_customer_sk     bigint       not null encode az64 references customer (c_customer_sk),
        ss_addr_sk         bigint       not null encode az64 references customer_address (ca_address_sk),
        ss_store_sk        integer      not null encode az64,
        ss_ticket_number   bigint       not null encode az64,
        ss_quantity        integer      not null encode az64,
        ss_sales_price     decimal(7,2) not null encode az64,
        ss_ext_sales_price decimal(12,2) not null encode az64,
        primary key (ss_sold_date_sk, ss_store_sk, ss_ticket_number, ss_item_sk)
    ) diststyle key sortkey (ss_sold_date_sk);

    create table store_sales_rejected (
        ss_sold_date     date         not null encode raw,
        ss_store_sk      integer      not null encode az64,
        ss_ticket_number bigint       not null encode az64,
        i_item_id        varchar(16)  not null encode zstd,
        c_customer_id    varchar(16)  not null encode zstd,
        ss_quantity      integer      not null encode az64,
        ss_sales_price   decimal(7,2) not null encode az64,
        reason           varchar(40)  not null encode bytedict,
        reported_on      date         not null default trunc(sysdate) encode az64
    ) diststyle even sortkey (ss_sold_date);

    -- One row for each item and day on which its price was set.
    create table src_item (
        i_item_id       varchar(16)  not null encode zstd,
        i_price_date    date         not null encode az64,
        i_item_desc     varchar(200) not null encode zstd,
        i_category      varchar(50)  not null encode bytedict,
        i_current_price decimal(7,2) not null encode az64
    ) diststyle auto;

    -- One row for each address and day on which it was written down; the latest is the valid one.
    create table src_customer_address (
        ca_address_id    varchar(16) not null encode zstd,
        ca_updated_on    date        not null encode az64,
        ca_street_number varchar(10) not null encode zstd,
        ca_street_name   varchar(60) not null encode zstd,
        ca_city          varchar(60) not null encode zstd,
        ca_state         char(2)     not null encode zstd,
        ca_zip           varchar(10) not null encode zstd,
        ca_country       varchar(20) not null encode zstd
    ) diststyle auto;

    -- One row for each line of a ticket.
    create table src_store_sales (
        ss_sold_date     date         not null encode raw,
        ss_store_sk      integer      not null encode az64,
        ss_ticket_number bigint       not null encode az64,
        i_item_id        varchar(16)  not null encode zstd,
        c_customer_id    varchar(16)  not null encode zstd,
        ss_quantity      integer      not null encode az64,
        ss_sales_price   decimal(7,2) not null encode az64
    ) diststyle even sortkey (ss_sold_date);

    -- generate_series runs on the leader node only and cannot fill a table: numbers come from a cross join of digits.
    create temp table stage_numbers (n integer not null);
    create temp table stage_digits (d integer not null);
    insert into stage_digits values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
    insert into stage_numbers
    select thousands.d * 1000 + hundreds.d * 100 + tens.d * 10 + ones.d
      from stage_digits thousands
     cross join stage_digits hundreds
     cross join stage_digits tens
     cross join stage_digits ones;

    -- 2016-01-01 to 2035-12-31
    insert into date_dim
    select to_char(d, 'YYYYMMDD')::integer, d, trim(to_char(d, 'Day')), date_part(dow, d)::smallint,
           date_part(day, d)::smallint, date_part(month, d)::smallint, date_part(quarter, d)::smallint,
           date_part(year, d)::smallint, case when date_part(dow, d) in (0, 6) then 'Y' else 'N' end
      from (select dateadd(day, n, '2016-01-01'::date)::date as d from stage_numbers where n < 7305) days;

    insert into customer_address values (-1, 'UNKNOWN', '', 'unknown', 'unknown', '--', '', 'unknown');
    insert into customer_address
    select n, 'ADDR' || lpad(n::varchar, 4, '0'), (n * 11)::varchar, 'Main Street', 'Springfield', 'IL',
           (62700 + n)::varchar, 'United States'
      from stage_numbers where n between 1 and 15;

    insert into customer values (-1, 'UNKNOWN', -1, null, null);
    insert into customer
    select n, 'CUST' || lpad(n::varchar, 4, '0'), mod(n, 15) + 1, 'First' || n::varchar, 'Last' || n::varchar
      from stage_numbers where n between 1 and 20;

    insert into item
    select n, 'ITEM' || lpad(n::varchar, 4, '0'), '2016-01-01'::date, null, 'Item number ' || n::varchar,
           case when mod(n, 2) = 0 then 'Books' else 'Music' end, (4.99 + n)::decimal(7,2)
      from stage_numbers where n between 1 and 10;

    insert into src_item values
        ('ITEM0001', '2016-01-01', 'Item number 1', 'Music', 5.99),    -- nothing changed
        ('ITEM0002', '2026-03-01', 'Item number 2', 'Books', 7.49),    -- a new price
        ('ITEM0003', '2026-01-15', 'Item number 3', 'Music', 8.49),    -- two new prices
        ('ITEM0003', '2026-09-01', 'Item number 3', 'Music', 8.99),
        ('ITEM0004', '2026-05-01', 'Item number 4, second edition', 'Books', 8.99),  -- only its description changed
        ('ITEM0011', '2020-06-01', 'Item number 11', 'Music', 15.99),  -- new items
        ('ITEM0012', '2026-06-01', 'Item number 12', 'Books', 16.99);

    insert into src_customer_address values
        ('ADDR0001', '2026-01-01', '11', 'Main Street', 'Springfield', 'IL', '62701', 'United States'),  -- nothing changed
        ('ADDR0002', '2026-01-10', '220', 'Oak Avenue', 'Springfield', 'IL', '62702', 'United States'),  -- moved twice
        ('ADDR0002', '2026-02-10', '222', 'Oak Avenue', 'Chicago', 'IL', '60601', 'United States'),
        ('ADDR0003', '2026-03-03', '33', 'Main Street', 'Springfield', 'IL', '62799', 'United States'),  -- a corrected zip
        ('ADDR0016', '2026-04-01', '16', 'Elm Street', 'Peoria', 'IL', '61602', 'United States'),        -- new addresses
        ('ADDR0017', '2026-04-02', '17', 'Elm Street', 'Peoria', 'IL', '61602', 'United States');

    -- Twelve ordinary lines a day: three stores, two tickets each, two lines a ticket.
    insert into src_store_sales
    select d.d_date, 1 + mod(l.n, 3), d.d_date_sk::bigint * 100 + mod(l.n, 6),
           'ITEM' || lpad((1 + mod(d.d_dom + d.d_moy + l.n, 12))::varchar, 4, '0'),
           'CUST' || lpad((1 + mod(d.d_dom * 3 + mod(l.n, 6), 20))::varchar, 4, '0'),
           1 + mod(l.n + d.d_dow, 4), (5.49 + mod(d.d_dom + l.n, 12))::decimal(7,2)
      from date_dim d
     cross join stage_numbers l
     where l.n < 12;
    insert into src_store_sales select d_date, 1, d_date_sk::bigint * 100 + 51, 'ITEM0099', 'CUST0001', 1, 9.99 from date_dim;
    insert into src_store_sales select d_date, 2, d_date_sk::bigint * 100 + 52, 'ITEM0001', 'CUST0021', 2, 5.99 from date_dim;
    insert into src_store_sales select d_date, 3, d_date_sk::bigint * 100 + 53, 'ITEM0002', 'CUST0002', 3, 6.99 from date_dim;
    insert into src_store_sales select d_date, 3, d_date_sk::bigint * 100 + 53, 'ITEM0002', 'CUST0002', 3, 6.99 from date_dim;

    drop table stage_numbers;
    drop table stage_digits;
end;
$$;

-- SCD type 1: an address that changed is overwritten, a new one inserted. A second run changes nothing.
create or replace procedure sp_load_dim_customer_address(rows_inserted out bigint, rows_updated out bigint)
language plpgsql
as $$
declare
    last_sk bigint;
begin
    lock table customer_address;

    -- The latest of each address, as far as it differs from the record; EXCEPT also tells NULL from a value.
    create temp table stage_customer_address diststyle all as
    select ca_address_id, ca_street_number, ca_street_name, ca_city, ca_state, ca_zip, ca_country
      from (select *, row_number() over (partition by ca_address_id order by ca_updated_on desc, ca_street_number,
                                         ca_street_name, ca_city, ca_state, ca_zip, ca_country) as recency
              from src_customer_address) delivered
     where recency = 1
    except
    select ca_address_id, ca_street_number, ca_street_name, ca_city, ca_state, ca_zip, ca_country
      from customer_address;

    update customer_address
       set ca_street_number = s.ca_street_number, ca_street_name = s.ca_street_name, ca_city = s.ca_city,
           ca_state = s.ca_state, ca_zip = s.ca_zip, ca_country = s.ca_country
      from stage_customer_address s
     where customer_address.ca_address_id = s.ca_address_id;
    get diagnostics rows_updated := row_count;

    select nvl(max(ca_address_sk), 0) into last_sk from customer_address where ca_address_sk > 0;
    insert into customer_address
    select last_sk + row_number() over (order by s.ca_address_id), s.ca_address_id, s.ca_street_number,
           s.ca_street_name, s.ca_city, s.ca_state, s.ca_zip, s.ca_country
      from stage_customer_address s
      left join customer_address known on known.ca_address_id = s.ca_address_id
     where known.ca_address_id is null;
    get diagnostics rows_inserted := row_count;

    drop table stage_customer_address;
exception when others then
    raise info 'sp_load_dim_customer_address: %', sqlerrm;
end;
$$;

-- SCD type 2 on the price: each version of an item is valid from i_rec_start_date to i_rec_end_date, both included;
-- the current one has no end. A price that is the same as before opens no version; a price delivered for a day between
-- two versions splits the earlier one; a second price for the first day of a version corrects that version.
-- Description and category are SCD type 1: the latest delivered holds for all versions. A second run changes nothing.
create or replace procedure sp_load_dim_item(rows_inserted out bigint, rows_updated out bigint)
language plpgsql
as $$
declare
    last_sk   bigint;
    described bigint;
begin
    lock table item;

    -- The versions on record and the delivered prices, one for each item and day; a delivery wins over the record.
    create temp table stage_item_price distkey (i_item_id) as
    select i_item_id, start_date, price, on_record
      from (select i_item_id, start_date, price,
                   max(recorded) over (partition by i_item_id, start_date) as on_record,
                   row_number() over (partition by i_item_id, start_date order by recorded, price desc) as pick
              from (select i_item_id, i_rec_start_date as start_date, i_current_price as price, 1 as recorded from item
                    union all
                    select i_item_id, i_price_date, i_current_price, 0 from src_item) prices) ranked
     where pick = 1;

    create temp table stage_item_version distkey (i_item_id) as
    select i_item_id, start_date, price, on_record,
           dateadd(day, -1, lead(start_date) over (partition by i_item_id order by start_date))::date as end_date
      from (select i_item_id, start_date, price, on_record,
                   lag(price) over (partition by i_item_id order by start_date) as price_before,
                   row_number() over (partition by i_item_id order by start_date) as position
              from stage_item_price) changes
     where on_record = 1 or price_before <> price or (price_before is null) <> (price is null) or position = 1;

    create temp table stage_item distkey (i_item_id) as
    select i_item_id, i_item_desc, i_category
      from (select *, row_number() over (partition by i_item_id order by i_price_date desc, i_item_desc, i_category)
                   as recency
              from src_item) delivered
     where recency = 1;

    update item
       set i_current_price = v.price, i_rec_end_date = v.end_date
      from stage_item_version v
     where item.i_item_id = v.i_item_id
       and item.i_rec_start_date = v.start_date
       and (item.i_current_price <> v.price or (item.i_current_price is null) <> (v.price is null)
            or item.i_rec_end_date <> v.end_date or (item.i_rec_end_date is null) <> (v.end_date is null));
    get diagnostics rows_updated := row_count;

    update item
       set i_item_desc = s.i_item_desc, i_category = s.i_category
      from stage_item s
     where item.i_item_id = s.i_item_id
       and (item.i_item_desc <> s.i_item_desc or (item.i_item_desc is null) <> (s.i_item_desc is null)
            or item.i_category <> s.i_category or (item.i_category is null) <> (s.i_category is null));
    get diagnostics described := row_count;
    rows_updated := rows_updated + described;

    select nvl(max(i_item_sk), 0) into last_sk from item;
    insert into item
    select last_sk + row_number() over (order by v.i_item_id, v.start_date), v.i_item_id, v.start_date, v.end_date,
           s.i_item_desc, s.i_category, v.price
      from stage_item_version v
      join stage_item s on s.i_item_id = v.i_item_id
     where v.on_record = 0;
    get diagnostics rows_inserted := row_count;

    drop table stage_item_price;
    drop table stage_item_version;
    drop table stage_item;
exception when others then
    raise info 'sp_load_dim_item: %', sqlerrm;
end;
$$;

-- Replaces the facts of each day from p_from to p_to by what the source holds for that day, all stores at once, and
-- commits all of these days or none. Every source row is either loaded into store_sales or reported in
-- store_sales_rejected:
--   unknown customer (late arriving)       loaded with customer and address -1; run the day again once it has arrived
--   unknown item                           rejected: a sale of nothing known has no place among the facts
--   no item version on the day of sale     rejected
--   a ticket line that was delivered twice loaded once, each further copy rejected
-- What it changed is told by INOUT arguments: OUT arguments are not for procedures that others call.
create or replace procedure sp_load_fact_sales_range(p_from in date, p_to in date, rows_inserted inout bigint,
                                                     rows_rejected inout bigint)
language plpgsql
as $$
declare
    first_sk  integer;
    last_sk   integer;
    days      integer;
    delivered bigint;
    staged    bigint;
    wrong_day date;
begin
    -- First of all: the transaction's snapshot is taken by its first query, and a load that waited for another must see
    -- what that one left behind.
    lock table store_sales;
    call sp_check_run_date(p_from);
    if p_to <> p_from then
        call sp_check_run_date(p_to);
        select count(distinct d_date) into days from date_dim where d_date between p_from and p_to;
        if days <> datediff(day, p_from, p_to) + 1 then
            raise exception 'a day from % to % is outside the calendar (date_dim holds % of them)', p_from, p_to, days;
        end if;
    end if;
    first_sk := to_char(p_from, 'YYYYMMDD')::integer;
    last_sk := to_char(p_to, 'YYYYMMDD')::integer;

    create temp table stage_store_sales (
        ss_sold_date     date         not null,
        ss_store_sk      integer      not null,
        ss_ticket_number bigint       not null,
        i_item_id        varchar(16)  not null,
        c_customer_id    varchar(16)  not null,
        ss_quantity      integer      not null,
        ss_sales_price   decimal(7,2) not null,
        copy_number      bigint       not null,
        item_sk          bigint,
        customer_sk      bigint       not null,
        addr_sk          bigint       not null
    ) distkey (item_sk);

    insert into stage_store_sales
    select s.ss_sold_date, s.ss_store_sk, s.ss_ticket_number, s.i_item_id, s.c_customer_id, s.ss_quantity,
           s.ss_sales_price, s.copy_number, i.i_item_sk, nvl(c.c_customer_sk, -1), nvl(c.c_current_addr_sk, -1)
      from (select *, row_number() over (partition by ss_sold_date, ss_store_sk, ss_ticket_number, i_item_id
                                         order by ss_quantity, ss_sales_price, c_customer_id) as copy_number
              from src_store_sales
             where ss_sold_date between p_from and p_to) s
      left join item i
        on i.i_item_id = s.i_item_id
       and s.ss_sold_date between i.i_rec_start_date and nvl(i.i_rec_end_date, '9999-12-31'::date)
      left join customer c
        on c.c_customer_id = s.c_customer_id;
    get diagnostics staged := row_count;

    -- The joins can only add rows, so that the sums are equal only where each day's are.
    select count(*) into delivered from src_store_sales where ss_sold_date between p_from and p_to;
    if staged <> delivered then
        select sold, source_rows, staged_rows into wrong_day, delivered, staged
          from (select ss_sold_date as sold, sum(in_source) as source_rows, sum(in_stage) as staged_rows
                  from (select ss_sold_date, 1 as in_source, 0 as in_stage
                          from src_store_sales where ss_sold_date between p_from and p_to
                        union all
                        select ss_sold_date, 0, 1 from stage_store_sales) sales
                 group by ss_sold_date) counts
         where source_rows <> staged_rows
         order by sold
         limit 1;
        raise exception 'the % sales of % became % when joined: item or customer holds a business key twice',
            delivered, wrong_day, staged;
    end if;

    delete from store_sales where ss_sold_date_sk between first_sk and last_sk;
    insert into store_sales
    select to_char(ss_sold_date, 'YYYYMMDD')::integer, item_sk, customer_sk, addr_sk, ss_store_sk, ss_ticket_number,
           ss_quantity, ss_sales_price, ss_quantity * ss_sales_price
      from stage_store_sales
     where item_sk is not null and copy_number = 1;
    get diagnostics rows_inserted := row_count;

    delete from store_sales_rejected where ss_sold_date between p_from and p_to;
    insert into store_sales_rejected (ss_sold_date, ss_store_sk, ss_ticket_number, i_item_id, c_customer_id,
                                      ss_quantity, ss_sales_price, reason)
    select s.ss_sold_date, s.ss_store_sk, s.ss_ticket_number, s.i_item_id, s.c_customer_id, s.ss_quantity,
           s.ss_sales_price,
           case when s.copy_number > 1 then 'ticket line delivered twice'
                when known.i_item_id is null then 'unknown item'
                else 'no item version on the day of sale' end
      from stage_store_sales s
      left join (select distinct i_item_id from item) known on known.i_item_id = s.i_item_id
     where s.item_sk is null or s.copy_number > 1;
    get diagnostics rows_rejected := row_count;

    drop table stage_store_sales;
exception when others then
    raise info 'sp_load_fact_sales_range(%, %): %', p_from, p_to, sqlerrm;
end;
$$;

-- The same for one day: the facts and the rejections are those of sp_load_fact_sales_range.
create or replace procedure sp_load_fact_sales(p_run_date in date, rows_inserted out bigint, rows_rejected out bigint)
language plpgsql
as $$
declare
    inserted bigint := 0;
    rejected bigint := 0;
begin
    call sp_load_fact_sales_range(p_run_date, p_run_date, inserted, rejected);
    rows_inserted := inserted;
    rows_rejected := rejected;
end;
$$;
