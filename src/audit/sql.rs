//! Statements about the chain.

/// The end of the chain, locked until the transaction ends.
pub(super) const HEAD: &str = "
select position, sha256 from audit.head for update";

pub(super) const ADD: &str = "
insert into audit.link (position, content_sha256, previous_sha256, sha256)
values ($1, $2, $3, $4)";

pub(super) const MOVE_HEAD: &str = "
update audit.head set position = $1, sha256 = $2";

pub(super) const LINKS: &str = "
select position, content_sha256, previous_sha256, sha256 from audit.link order by position";

pub(super) const END: &str = "
select position, sha256 from audit.head";

pub(super) const LINK: &str = "
select sha256 from audit.link where position = $1";

pub(super) const TODAY: &str = "
select to_char(now() at time zone 'Europe/Rome', 'YYYY-MM-DD')";

pub(super) const NOTE_ACCESS: &str = "
insert into audit.access (person, name, role, practice_id, what)
select $1, $2, $3, $4, $5
 where not exists (
       select from audit.access
        where person = $1 and role = $3 and practice_id is not distinct from $4 and what = $5
          and at > now() - interval '1 hour')";

pub(super) const ACCESSES: &str = "
select at, name, role, practice_id, what
  from audit.access
 where $1::uuid is null or practice_id = $1
 order by at desc
 limit $2";

pub(crate) const ALL: &[&str] = &[
    HEAD,
    ADD,
    MOVE_HEAD,
    LINKS,
    END,
    LINK,
    TODAY,
    NOTE_ACCESS,
    ACCESSES,
];
