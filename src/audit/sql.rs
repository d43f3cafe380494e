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

pub(crate) const ALL: &[&str] = &[HEAD, ADD, MOVE_HEAD, LINKS, END];
