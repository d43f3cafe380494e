//! SQL outside sql.rs: as text, in a macro, in a file, and built at run time.
pub fn names() {
    let fine = sqlx::query(sql::ALLOWED);
    let text = "update place.comune set name = $1";
    let made = format!("delete from place.comune where code = '{}'", 1);
    let file = include_str!("names.sql");
    let filled = sqlx::query_as(AssertSqlSafe(statement));
    let built = sqlx::raw_sql(AssertSqlSafe(format!("vacuum {table}")));
    let unknown = sqlx::query_scalar(OTHER);
    let sentence = "select a comune on the map";
}
