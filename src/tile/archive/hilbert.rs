//! Tile ids of PMTiles v3: zoom after zoom, along a Hilbert curve within each.

/// The first id of a zoom.
pub(super) fn first_id(z: u8) -> u64 {
    ((1_u64 << (2 * u32::from(z))) - 1) / 3
}

/// Column and row of the tile that comes at a place along the curve of a zoom.
pub(super) fn tile_at(z: u8, place: u64) -> [u32; 2] {
    let (mut x, mut y) = (0_u64, 0_u64);
    let mut rest = place;
    let mut size = 1_u64;
    while size < 1 << z {
        let right = 1 & (rest / 2);
        let down = 1 & (rest ^ right);
        if down == 0 {
            if right == 1 {
                x = size - 1 - x;
                y = size - 1 - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        x += size * right;
        y += size * down;
        rest /= 4;
        size *= 2;
    }
    // Zooms end at 20.
    [x as u32, y as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first ids as the specification lists them.
    #[test]
    fn ids_are_those_of_the_specification() {
        assert_eq!([0, 1, 2, 3].map(first_id), [0, 1, 5, 21]);
        let quarter = [0, 1, 2, 3].map(|place| tile_at(1, place));
        assert_eq!(quarter, [[0, 0], [0, 1], [1, 1], [1, 0]]);
        // z12 x3423 y1763 has the id 19078479.
        assert_eq!(tile_at(12, 19_078_479 - first_id(12)), [3423, 1763]);
    }

    #[test]
    fn the_curve_meets_every_tile_once_and_steps_to_a_neighbour() {
        let tiles: Vec<[u32; 2]> = (0..1 << 12).map(|place| tile_at(6, place)).collect();
        let distinct: std::collections::BTreeSet<_> = tiles.iter().collect();
        assert_eq!(distinct.len(), 1 << 12);
        for pair in tiles.windows(2) {
            let step = pair[0][0].abs_diff(pair[1][0]) + pair[0][1].abs_diff(pair[1][1]);
            assert_eq!(step, 1, "{pair:?}");
        }
    }
}
