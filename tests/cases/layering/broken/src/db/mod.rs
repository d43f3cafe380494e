pub const ALLOWED: &str = "select id from place.comune";
