-- What each step runs, as one transaction in the schema of the job. A step of a day uses the parameter run_date.
--
-- Comments of statements with parameters are free of quotes, semicolons, and colons before words.

-- step: create_tables
create table if not exists station (
    station_sk bigint      not null primary key,
    station_id varchar(16) not null,
    name       varchar(60) not null,
    docks      integer     not null
) diststyle all sortkey (station_sk);
insert into station select -1, 'UNKNOWN', 'unknown', 0 where not exists (select 1 from station);
create table if not exists tariff (
    tariff_sk        bigint       not null primary key,
    tariff_id        varchar(16)  not null,
    valid_from       date         not null,
    valid_to         date,
    price_per_minute decimal(7,2) not null
) diststyle all sortkey (tariff_id, valid_from);
create table if not exists trip (
    trip_date  date    not null,
    trip_id    bigint  not null,
    station_sk bigint  not null references station (station_sk),
    tariff_sk  bigint  not null,
    minutes    integer not null,
    amount     decimal(9,2)
) diststyle even sortkey (trip_date);
create table if not exists relocation (
    relocation_date date    not null,
    from_station_sk bigint  not null references station (station_sk),
    to_station_sk   bigint  not null references station (station_sk),
    bikes           integer not null
) diststyle even sortkey (relocation_date);

-- step: load_stations
call load_stations();

-- step: load_tariffs
call load_tariffs();

-- step: load_trips
call load_trips(cast(:run_date as date));

-- step: load_relocations
call load_relocations(cast(:run_date as date));

-- step: find_days
-- Which of the days from first_day to last_day are loaded, for a backfill. What lies in the bucket only COPY can tell, so every
-- day counts as delivered, and one without files fails when it is loaded.
with recursive calendar (d) as (
    select cast(:first_day as date)
     union all
    select dateadd(day, 1, d)::date from calendar where d < cast(:last_day as date)
)
select c.d as day,
       1 as delivered,
       case when t.trips is null then 'trips_delivered: there are no trips of the day'
            when t.priced < t.trips then 'trips_priced: expected ' || t.trips::varchar || ', found ' || t.priced::varchar
            when r.relocations is null then 'relocations_delivered: there are no relocations of the day'
            else '' end as problem,
       nvl(t.trips, 0) as trips,
       nvl(r.relocations, 0) as relocations
  from calendar c
  left join (select trip_date, count(*) as trips, count(amount) as priced
               from trip
              where trip_date between cast(:first_day as date) and cast(:last_day as date)
              group by trip_date) t
    on t.trip_date = c.d
  left join (select relocation_date, count(*) as relocations
               from relocation
              where relocation_date between cast(:first_day as date) and cast(:last_day as date)
              group by relocation_date) r
    on r.relocation_date = c.d
 order by c.d;
