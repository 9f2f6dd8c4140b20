-- What the database's owner runs once, with the bucket (and prefix, with a slash at its end) in which the files arrive. The
-- cluster or workgroup needs a default IAM role that may read it.
create schema if not exists bikes;
create table if not exists bikes.source (location varchar(500) not null);
insert into bikes.source select 's3://bike-sharing-sample/' where not exists (select 1 from bikes.source);
