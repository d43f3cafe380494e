//! Statements about guided loads.

pub(super) const BEGIN: &str = "
insert into job.load_session (id, territory_id, state, layer, by)
values ($1, $2, 'uploading', $3, $4)";

pub(super) const ADD_FILE: &str = "
insert into job.load_file (session_id, number, name, bytes, received, sha256)
values ($1, $2, $3, $4, $5, $6)";

pub(super) const SESSION: &str = "
select id, territory_id, state, layer, reading, inspection, mapping, part_id, fault, bytes_read,
       bytes_total, coalesce(alive_at > clock_timestamp() - interval '60 seconds', false) as alive,
       by, created_at, changed_at
  from job.load_session
 where id = $1 and territory_id = $2";

pub(super) const OPEN: &str = "
select id, territory_id, state, layer, reading, inspection, mapping, part_id, fault, bytes_read,
       bytes_total, coalesce(alive_at > clock_timestamp() - interval '60 seconds', false) as alive,
       by, created_at, changed_at
  from job.load_session
 where territory_id = $1 and state not in ('published', 'discarded')
 order by changed_at desc
 limit 50";

pub(super) const FILES: &str = "
select number, name, bytes, received, sha256
  from job.load_file
 where session_id = $1
 order by number";

pub(super) const RECEIVED: &str = "
update job.load_file set received = $4
 where session_id = $1 and number = $2 and received = $3";

pub(super) const TOUCH: &str = "
update job.load_session set changed_at = clock_timestamp() where id = $1";

pub(super) const HASHED: &str = "
update job.load_file set sha256 = $3 where session_id = $1 and number = $2";

// A step begins only where no other is at work.
pub(super) const START: &str = "
update job.load_session
   set state = $2, fault = null, bytes_read = 0, bytes_total = 0, alive_at = clock_timestamp(),
       changed_at = clock_timestamp()
 where id = $1 and state in ('uploading', 'inspecting', 'recognised', 'loading', 'checked')
   and (state not in ('inspecting', 'loading')
        or coalesce(alive_at < clock_timestamp() - interval '60 seconds', true))";

pub(super) const ALIVE: &str = "
update job.load_session
   set alive_at = clock_timestamp(), bytes_read = $2, bytes_total = $3
 where id = $1 and state in ('inspecting', 'loading')";

pub(super) const RECOGNISED: &str = "
update job.load_session
   set state = 'recognised', inspection = $2, fault = $3, alive_at = null,
       changed_at = clock_timestamp()
 where id = $1 and state = 'inspecting'";

pub(super) const LOADED: &str = "
update job.load_session
   set state = case when $2::bigint is null then 'recognised' else 'checked' end, part_id = $2,
       reading = $3, fault = $4, alive_at = null, changed_at = clock_timestamp()
 where id = $1 and state = 'loading'";

pub(super) const KEEP_CHOICE: &str = "
update job.load_session
   set layer = $2, reading = $3, changed_at = clock_timestamp()
 where id = $1 and state in ('recognised', 'checked', 'uploading')";

pub(super) const KEEP_MAPPING: &str = "
update job.load_session set mapping = $2, changed_at = clock_timestamp()
 where id = $1 and state in ('recognised', 'checked')";

pub(super) const END: &str = "
update job.load_session set state = $2, fault = null, changed_at = clock_timestamp()
 where id = $1 and state not in ('published', 'discarded')";

pub(super) const DISCARD_PART: &str = "select layer.discard_part($1, $2)";

// A part that only this load refers to.
pub(super) const OTHERS: &str = "
select exists (select from job.load_session where part_id = $1 and id <> $2 and state <> 'discarded')";

pub(super) const ABANDONED: &str = "
update job.load_session set state = 'discarded', changed_at = clock_timestamp()
 where state in ('uploading', 'inspecting', 'recognised', 'loading')
   and coalesce(alive_at < clock_timestamp() - interval '1 hour', true)
   and changed_at < clock_timestamp() - interval '30 days'
returning id";

/// A load that was checked and that nobody has published since.
pub(super) const UNPUBLISHED: &str = "
select id, territory_id
  from job.load_session
 where state = 'checked' and changed_at < clock_timestamp() - interval '90 days'
 order by changed_at
 limit 1
   for update skip locked";

pub(super) const REMEMBER: &str = "
insert into layer.kept_mapping (territory_id, layer, fields_sha256, mapping, by)
values ($1, $2, $3, $4, $5)";

pub(super) const REMEMBERED: &str = "
select mapping
  from layer.kept_mapping
 where territory_id = $1 and layer = $2 and fields_sha256 = $3
 order by id desc
 limit 1";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[
    BEGIN,
    ADD_FILE,
    SESSION,
    OPEN,
    FILES,
    RECEIVED,
    TOUCH,
    HASHED,
    START,
    ALIVE,
    RECOGNISED,
    LOADED,
    KEEP_CHOICE,
    KEEP_MAPPING,
    END,
    DISCARD_PART,
    OTHERS,
    ABANDONED,
    UNPUBLISHED,
    REMEMBER,
    REMEMBERED,
];
