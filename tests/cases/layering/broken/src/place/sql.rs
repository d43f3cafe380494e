pub const ALLOWED: &str = "select name from place.comune where code = $1";
