//! Statements that read published rows.

use crate::layer::{Definition, data_table, quoted};

/// Rows of a part in the order of their numeric names; columns as the definition has them.
pub(super) fn rows(definition: &Definition) -> String {
    let columns: String = definition
        .column
        .iter()
        .map(|column| format!(", {}", quoted(&column.name)))
        .collect();
    format!(
        "
select feature_id, label_e, label_n, geom{columns}
  from {}
 where part_id = $1
 order by feature_id",
        data_table(&definition.id)
    )
}

/// What a live layer's view has, without what costs anything to make.
pub(super) fn live_revisions(view: &str) -> String {
    format!("select id, revision from {view} order by id")
}

/// Some rows of a live layer's view, with a point inside each.
pub(super) fn live_rows(view: &str) -> String {
    format!(
        "
with wanted as (
    select id, revision, territory_id, geom, attributes, policy from {view} where id = any($1)
)
select id, revision, territory_id, geom, st_srid(geom),
       st_x(st_pointonsurface(geom)), st_y(st_pointonsurface(geom)), attributes, policy
  from wanted
 order by id"
    )
}

// Readers of snapshots may take longer than readers of pages.
pub(super) const ALLOW_LONG_READS: &str = "set local statement_timeout = '10min'";

// Comuni, parts and rows are read as of one moment.
pub(super) const ONE_MOMENT: &str = "set transaction isolation level repeatable read read only";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[ALLOW_LONG_READS];
