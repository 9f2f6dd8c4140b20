-- Each check is one query that returns one row, with two numbers that should be equal. Where they differ, fail fails the
-- run and warn is only told. The checks of a day use the parameter run_date.

-- check: trips_delivered (fail)
select 1 as expected, nvl(max(1), 0) as actual, 'the files of the day hold no trips' as message
  from trip where trip_date = cast(:run_date as date);

-- check: relocations_delivered (fail)
select 1 as expected, nvl(max(1), 0) as actual, 'the files of the day hold no relocations' as message
  from relocation where relocation_date = cast(:run_date as date);

-- check: trip_ids (fail)
-- No trip comes twice.
select count(*) as expected, count(distinct trip_id) as actual
  from trip where trip_date = cast(:run_date as date);

-- check: trips_priced (fail)
-- Every trip has the price that its tariff had on that day.
select count(*) as expected,
       nvl(sum(case when f.amount = f.minutes * t.price_per_minute then 1 else 0 end), 0) as actual
  from trip f
  left join tariff t
    on t.tariff_sk = f.tariff_sk
   and f.trip_date between t.valid_from and nvl(t.valid_to, '9999-12-31'::date)
 where f.trip_date = cast(:run_date as date);

-- check: stations_known (warn)
select 0 as expected, count(*) as actual, 'run the day again once stations.csv has them' as message
  from (select station_sk from trip where trip_date = cast(:run_date as date)
        union all
        select from_station_sk from relocation where relocation_date = cast(:run_date as date)
        union all
        select to_station_sk from relocation where relocation_date = cast(:run_date as date)) used
 where station_sk = -1;

-- check: station_keys (fail)
select 0 as expected, 2 * count(*) - count(distinct station_sk) - count(distinct station_id) as actual from station;

-- check: tariff_keys (fail)
select count(*) as expected, count(distinct tariff_sk) as actual from tariff;

-- check: tariff_versions (fail)
-- Each version ends the day before the next one begins, and the last has no end.
select count(*) as expected,
       nvl(sum(case when nvl(dateadd(day, 1, valid_to)::date, '9999-12-31'::date) = next_from then 1 else 0 end), 0)
           as actual
  from (select valid_to,
               nvl(lead(valid_from) over (partition by tariff_id order by valid_from), '9999-12-31'::date) as next_from
          from tariff) versions;
