//! Tells positions of Italy whose two numbers have changed places.

/// Says whether `[x, y]`, meant as longitude and latitude, is in Italy only the other way round.
///
/// Latitudes and longitudes of Italy have no value in common, so this cannot be mistaken.
pub(crate) fn is_swapped_in_italy([x, y]: [f64; 2]) -> bool {
    (5.0..=20.0).contains(&y) && (34.0..=49.0).contains(&x)
}
