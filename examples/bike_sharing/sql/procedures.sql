-- The procedures of the bike sharing job. Every statement creates or replaces; tables are named without their schema,
-- in which each transaction works.

-- Loads a CSV file with a header, or all files under a prefix, into a table.
--
-- COPY takes no parameters, so its text is put together here, each value quoted. Where the files arrive is kept in the
-- warehouse, in the table source (see once.sql), like the IAM role that may read them: the flow and the state machine
-- then load from the same bucket, and a test system from its own, without a change to this script.
create or replace procedure copy_csv(p_table in varchar(127), p_path in varchar(500))
language plpgsql
as $$
declare
    place varchar(500);
begin
    select location into place from source;
    if place is null then
        raise exception 'the table source is empty: insert where the files arrive, as once.sql does';
    end if;
    execute 'copy ' || quote_ident(p_table) || ' from ' || quote_literal(place || p_path)
         || ' iam_role default format csv ignoreheader 1';
end;
$$;

-- SCD type 1: a station is as the latest file describes it.
create or replace procedure load_stations(rows_inserted out bigint, rows_updated out bigint)
language plpgsql
as $$
declare
    last_sk bigint;
begin
    -- First of all, so that a load that waited for another one sees what that one left behind.
    lock table station;
    create temp table stage_station (
        station_id varchar(16) not null,
        name       varchar(60) not null,
        docks      integer     not null
    );
    call copy_csv('stage_station', 'stations.csv');

    -- No column is nullable; of one that is, (old is null) <> (new is null) has to be asked as well.
    update station
       set name = s.name, docks = s.docks
      from stage_station s
     where station.station_id = s.station_id
       and (station.name <> s.name or station.docks <> s.docks);
    get diagnostics rows_updated := row_count;

    select greatest(max(station_sk), 0) into last_sk from station;
    insert into station
    select last_sk + row_number() over (order by station_id), station_id, name, docks
      from stage_station
     where station_id not in (select station_id from station);
    get diagnostics rows_inserted := row_count;
    drop table stage_station;
end;
$$;

-- SCD type 2: a tariff has a version for each price, from the day on which it began. The file lists prices and their
-- first days, all of them or only the new ones; a price that is delivered again for the same day corrects the version.
create or replace procedure load_tariffs(rows_inserted out bigint, rows_updated out bigint)
language plpgsql
as $$
declare
    last_sk bigint;
    closed  bigint;
begin
    lock table tariff;
    create temp table stage_tariff (
        tariff_id        varchar(16)  not null,
        valid_from       date         not null,
        price_per_minute decimal(7,2) not null
    );
    call copy_csv('stage_tariff', 'tariffs.csv');

    update tariff
       set price_per_minute = s.price_per_minute
      from stage_tariff s
     where tariff.tariff_id = s.tariff_id
       and tariff.valid_from = s.valid_from
       and tariff.price_per_minute <> s.price_per_minute;
    get diagnostics rows_updated := row_count;

    select greatest(max(tariff_sk), 0) into last_sk from tariff;
    insert into tariff
    select last_sk + row_number() over (order by s.tariff_id, s.valid_from), s.tariff_id, s.valid_from, null,
           s.price_per_minute
      from stage_tariff s
      left join tariff t
        on t.tariff_id = s.tariff_id
       and t.valid_from = s.valid_from
     where t.tariff_sk is null;
    get diagnostics rows_inserted := row_count;

    -- A version ends the day before the next one begins; the last has no end.
    update tariff
       set valid_to = v.valid_to
      from (select tariff_sk,
                   dateadd(day, -1, lead(valid_from) over (partition by tariff_id order by valid_from))::date as valid_to
              from tariff) v
     where tariff.tariff_sk = v.tariff_sk
       and nvl(tariff.valid_to, '9999-12-31'::date) <> nvl(v.valid_to, '9999-12-31'::date);
    get diagnostics closed := row_count;
    rows_updated := rows_updated + closed;
    drop table stage_tariff;
end;
$$;

-- Replaces the trips of one day by what its files hold. Surrogate key -1 stands for what is not known (yet).
create or replace procedure load_trips(p_day in date, rows_inserted out bigint)
language plpgsql
as $$
begin
    lock table trip;
    create temp table stage_trip (
        trip_id    bigint      not null,
        station_id varchar(16) not null,
        tariff_id  varchar(16) not null,
        minutes    integer     not null
    );
    call copy_csv('stage_trip', 'trips/' || to_char(p_day, 'YYYY-MM-DD') || '/');

    delete from trip where trip_date = p_day;
    insert into trip
    select p_day, s.trip_id, nvl(st.station_sk, -1), nvl(t.tariff_sk, -1), s.minutes, s.minutes * t.price_per_minute
      from stage_trip s
      left join station st
        on st.station_id = s.station_id
      left join tariff t
        on t.tariff_id = s.tariff_id
       and p_day between t.valid_from and nvl(t.valid_to, '9999-12-31'::date);
    get diagnostics rows_inserted := row_count;
    drop table stage_trip;
end;
$$;

-- Replaces the relocations of one day: how many bicycles a van took from one station to another.
create or replace procedure load_relocations(p_day in date, rows_inserted out bigint)
language plpgsql
as $$
begin
    lock table relocation;
    create temp table stage_relocation (
        from_station_id varchar(16) not null,
        to_station_id   varchar(16) not null,
        bikes           integer     not null
    );
    call copy_csv('stage_relocation', 'relocations/' || to_char(p_day, 'YYYY-MM-DD') || '/');

    delete from relocation where relocation_date = p_day;
    insert into relocation
    select p_day, nvl(f.station_sk, -1), nvl(t.station_sk, -1), s.bikes
      from stage_relocation s
      left join station f
        on f.station_id = s.from_station_id
      left join station t
        on t.station_id = s.to_station_id;
    get diagnostics rows_inserted := row_count;
    drop table stage_relocation;
end;
$$;
