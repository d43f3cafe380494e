//! Statements about the coordinate systems of sheets.

// Of each comune, section, sheet and part the newest row, those that no longer hold included.
pub(super) const SHEET_SYSTEMS: &str = "
select distinct on (comune, sezione, foglio, part)
       comune, sezione, foglio, part, system, matrix, shift_e, shift_n, method, source,
       residual_m, set_at, set_by
  from place.sheet_system
 where comune = any($1) or $1 is null
 order by comune, sezione, foglio, part, sheet_system_id desc";

// Records a system.
pub(super) const ADD_SHEET_SYSTEM: &str = "
insert into place.sheet_system
       (comune, sezione, foglio, part, system, matrix, shift_e, shift_n, method, source,
        residual_m, points, set_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Every statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[SHEET_SYSTEMS, ADD_SHEET_SYSTEM];
