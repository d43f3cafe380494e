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

// Readers of snapshots may take longer than readers of pages.
pub(super) const ALLOW_LONG_READS: &str = "set local statement_timeout = '10min'";

// Comuni, parts and rows are read as of one moment.
pub(super) const ONE_MOMENT: &str = "set transaction isolation level repeatable read read only";

/// Every fixed statement, for the test that prepares them.
pub(crate) const ALL: &[&str] = &[ALLOW_LONG_READS];
