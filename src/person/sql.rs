//! Statements about sessions.

pub(super) const OPEN: &str = "
insert into person.session (token_sha256, name, role, demonstration, expires_at)
values ($1, $2, $3, $4, now() + $5 * interval '1 second')";

pub(super) const FIND: &str = "
select name, role
  from person.session
 where token_sha256 = $1 and expires_at > now() and (not demonstration or $2)";

pub(super) const CLOSE: &str = "
delete from person.session where token_sha256 = $1 or expires_at <= now()";

pub(crate) const ALL: &[&str] = &[OPEN, FIND, CLOSE];
