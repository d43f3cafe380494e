//! Every fixed SQL statement, prepared.

use sqlx::{AssertSqlSafe, Connection as _};

use crate::support::TestDb;

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let db = TestDb::new().await;
    let statements = mappale::app::statements();
    assert!(statements.len() > 20, "{}", statements.len());
    let mut connection = db.superuser().await;
    let mut faults = Vec::new();
    for (number, statement) in statements.iter().enumerate() {
        // Settings of a transaction cannot be prepared: they are run.
        let statement = if statement.trim_start().starts_with("set ") {
            (*statement).to_owned()
        } else {
            format!("prepare statement_{number} as {statement}")
        };
        let done = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut connection)
            .await;
        if let Err(error) = done {
            faults.push(format!("{statement}\n  {error}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn a_statement_that_does_not_fit_is_found() {
    let db = TestDb::new().await;
    let mut connection = db.superuser().await;
    sqlx::raw_sql("prepare broken as select no_such_column from layer.part")
        .execute(&mut connection)
        .await
        .expect_err("there is no such column");
}
