-- The schemas, and who may do what in them. Tables come with the migrations that need them.
--
-- The three roles exist already: mappale_owner runs this, mappale_writer and mappale_reader
-- are what the server works with.

create schema place;
create schema layer;
create schema data;
create schema person;
create schema if not exists audit; -- holds the list of applied migrations already
create schema job;

comment on schema place is 'Territories: comuni and wider areas, their codes with dates, boundaries and storage CRS.';
comment on schema layer is 'The catalogue: layers, parts (layer, territory, version) and their publications.';
comment on schema data is 'One table per layer with the features of all its parts; published rows never change.';
comment on schema person is 'Subjects, mandates, offices and sessions.';
comment on schema audit is 'What happened: applied migrations, the chain of events and the journal of access.';
comment on schema job is 'Queue and schedule of background work.';

comment on table audit.migration is 'Applied migrations, one row each, kept by the migration runner.';
comment on column audit.migration.version is 'Number at the start of the file name.';
comment on column audit.migration.description is 'The words of the file name.';
comment on column audit.migration.installed_on is 'When it was applied.';
comment on column audit.migration.success is 'Always true: a migration and its row are one transaction.';
comment on column audit.migration.checksum is 'SHA-384 of the file as it was applied; a changed file is refused.';
comment on column audit.migration.execution_time is 'Nanoseconds it took; -1 when the runner died before it could note them.';

-- Nobody gets anything that is not granted here or in the migration of a single object.
revoke all on schema place, layer, data, person, audit, job from public;
alter default privileges revoke execute on functions from public;

grant usage on schema place, layer, data, person, audit, job to mappale_writer;
alter default privileges in schema place, layer, data, person, audit, job
    grant select, insert on tables to mappale_writer;
alter default privileges in schema place, layer, data, person, audit, job
    grant usage, select on sequences to mappale_writer;
alter default privileges in schema place, layer, data, person, audit, job
    grant execute on functions to mappale_writer;
grant select on audit.migration to mappale_writer;

grant usage on schema place, layer, data to mappale_reader;
alter default privileges in schema place, layer, data
    grant select on tables to mappale_reader;
alter default privileges in schema place, layer, data
    grant execute on functions to mappale_reader;
