//! An index of a ring's edges: locates places and cuts neighbourhoods without reading the ring.
//!
//! Consecutive edges are grouped by sixteen, groups by sixteen again, each with its box. A group
//! whose box does not meet what is asked about is passed over as one segment from its first to
//! its last vertex: the path inside it stays within a box that the question does not touch, so
//! straightening it changes nothing there.

use super::ring::Location;

/// A box in metres: smallest E, smallest N, largest E, largest N.
pub type MetricBox = [f64; 4];

/// Edges in a group, and groups in a group of groups.
const FAN: usize = 16;

/// Edges from which an index pays.
const WORTH: usize = 4 * FAN;

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const BELOW: u8 = 4;
const ABOVE: u8 = 8;

/// The box that holds nothing.
pub const EMPTY_BOX: MetricBox = [
    f64::INFINITY,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NEG_INFINITY,
];

/// The smallest box around places.
pub fn box_of<'a>(places: impl IntoIterator<Item = &'a [f64; 2]>) -> MetricBox {
    places.into_iter().fold(EMPTY_BOX, |b, [e, n]| {
        [b[0].min(*e), b[1].min(*n), b[2].max(*e), b[3].max(*n)]
    })
}

/// The smallest box around two boxes.
pub fn joined(a: MetricBox, b: MetricBox) -> MetricBox {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}

/// True when two boxes share at least a place.
pub fn meet(a: MetricBox, b: MetricBox) -> bool {
    side(a, b) == 0
}

/// The sides of `area` on which a box lies entirely; 0 when the boxes meet.
fn side(of: MetricBox, area: MetricBox) -> u8 {
    let mut sides = 0;
    if of[2] < area[0] {
        sides |= LEFT;
    }
    if of[0] > area[2] {
        sides |= RIGHT;
    }
    if of[3] < area[1] {
        sides |= BELOW;
    }
    if of[1] > area[3] {
        sides |= ABOVE;
    }
    sides
}

/// Boxes of a ring's edges, grouped; kept beside the ring, which it does not hold.
#[derive(Debug, Clone)]
pub struct EdgeIndex {
    /// Boxes of groups; the first level groups edges, each further one groups groups.
    levels: Vec<Vec<MetricBox>>,
}

/// A ring as far as it matters inside a box.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// Closed; its vertices are vertices of the ring. Inside the box it winds as the ring does,
    /// outside it may cross itself.
    pub ring: Vec<[f64; 2]>,
    /// True when an edge meets the box; otherwise the box lies inside the ring or outside it.
    pub meets: bool,
}

impl EdgeIndex {
    /// The index of a closed ring; none for one so short that reading it is as fast.
    pub fn new(ring: &[[f64; 2]]) -> Option<Self> {
        let edges = ring.len().saturating_sub(1);
        if edges < WORTH {
            return None;
        }
        // Neighbouring groups share a vertex: an edge ends where the next begins.
        let mut levels: Vec<Vec<MetricBox>> = vec![
            (0..edges)
                .step_by(FAN)
                .map(|first| box_of(&ring[first..=(first + FAN).min(edges)]))
                .collect(),
        ];
        while let Some(last) = levels.last()
            && last.len() > FAN
        {
            let next = last
                .chunks(FAN)
                .map(|group| group.iter().copied().fold(EMPTY_BOX, joined))
                .collect();
            levels.push(next);
        }
        Some(Self { levels })
    }

    /// Bytes that it takes in memory, about.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(Vec::len).sum::<usize>() * size_of::<MetricBox>()
    }

    /// Visits a ring's edges group by group: `group` says with a group's box, first and last
    /// vertex whether to go into it, `edge` is given the two ends of an edge.
    fn walk<G, E>(&self, ring: &[[f64; 2]], group: &mut G, edge: &mut E)
    where
        G: FnMut(MetricBox, [f64; 2], [f64; 2]) -> bool,
        E: FnMut([f64; 2], [f64; 2]),
    {
        let top = self.levels.len() - 1;
        for index in 0..self.levels[top].len() {
            self.descend(ring, top, index, group, edge);
        }
    }

    fn descend<G, E>(
        &self,
        ring: &[[f64; 2]],
        level: usize,
        index: usize,
        group: &mut G,
        edge: &mut E,
    ) where
        G: FnMut(MetricBox, [f64; 2], [f64; 2]) -> bool,
        E: FnMut([f64; 2], [f64; 2]),
    {
        let edges = ring.len() - 1;
        let width = FAN.pow(u32::try_from(level).unwrap_or(u32::MAX) + 1);
        let first = index * width;
        let last = (first + width).min(edges);
        if !group(self.levels[level][index], ring[first], ring[last]) {
            return;
        }
        if level == 0 {
            for pair in ring[first..=last].windows(2) {
                edge(pair[0], pair[1]);
            }
            return;
        }
        let below = &self.levels[level - 1];
        for child in index * FAN..((index + 1) * FAN).min(below.len()) {
            self.descend(ring, level - 1, child, group, edge);
        }
    }
}

/// A ring as far as it matters inside a box; vertices are dropped, never made.
pub fn cut_ring(ring: &[[f64; 2]], index: Option<&EdgeIndex>, area: MetricBox) -> Cut {
    struct Path {
        ring: Vec<[f64; 2]>,
        /// Sides on which everything since the last but one vertex lies.
        sides: u8,
        meets: bool,
    }
    impl Path {
        fn add(&mut self, sides: u8, end: [f64; 2]) {
            // What lies beyond one side of the box may be straightened: a half-plane is convex.
            let same = self.sides & sides;
            if same == 0 || self.ring.len() < 2 {
                self.ring.push(end);
                self.sides = sides;
            } else {
                if let Some(last) = self.ring.last_mut() {
                    *last = end;
                }
                self.sides = same;
            }
            self.meets |= sides == 0;
        }
    }
    let mut path = Path {
        ring: ring.first().copied().into_iter().collect(),
        sides: 0,
        meets: false,
    };
    let of_edge = |a: [f64; 2], b: [f64; 2]| side(box_of(&[a, b]), area);
    match index {
        None => {
            for pair in ring.windows(2) {
                path.add(of_edge(pair[0], pair[1]), pair[1]);
            }
        }
        Some(index) => {
            let path = std::cell::RefCell::new(&mut path);
            index.walk(
                ring,
                &mut |bounds, _, end| {
                    let sides = side(bounds, area);
                    if sides == 0 {
                        return true;
                    }
                    path.borrow_mut().add(sides, end);
                    false
                },
                &mut |a, b| path.borrow_mut().add(of_edge(a, b), b),
            );
        }
    }
    Cut {
        ring: path.ring,
        meets: path.meets,
    }
}

/// Says whether a place lies in a closed ring, as [`super::locate_in_ring`] does, by its index.
pub fn locate_in_indexed(ring: &[[f64; 2]], index: &EdgeIndex, place: [f64; 2]) -> Location {
    let [e, n] = place;
    let mut inside = false;
    let mut boundary = false;
    let inside_cell = std::cell::Cell::new(false);
    index.walk(
        ring,
        &mut |bounds, start, end| {
            // Beyond the ray, or behind it.
            if bounds[1] > n || bounds[3] < n || bounds[2] < e {
                return false;
            }
            if bounds[0] > e {
                // All to the east: the ray is crossed as often as from start to end, or twice more.
                if (start[1] > n) != (end[1] > n) {
                    inside_cell.set(!inside_cell.get());
                }
                return false;
            }
            true
        },
        &mut |[e1, n1], [e2, n2]| {
            let cross = (e2 - e1) * (n - n1) - (n2 - n1) * (e - e1);
            if cross == 0.0
                && e >= e1.min(e2)
                && e <= e1.max(e2)
                && n >= n1.min(n2)
                && n <= n1.max(n2)
            {
                boundary = true;
            }
            if (n1 > n) != (n2 > n) {
                let left_of_upward = if n2 > n1 { cross > 0.0 } else { cross < 0.0 };
                if left_of_upward {
                    inside = !inside;
                }
            }
        },
    );
    if boundary {
        Location::Boundary
    } else if inside != inside_cell.get() {
        Location::Inside
    } else {
        Location::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::locate_in_ring;
    use super::*;

    /// A ring with a wavy outline, the same in every run.
    fn wavy(vertices: usize) -> Vec<[f64; 2]> {
        let mut ring: Vec<[f64; 2]> = (0..vertices)
            .map(|i| {
                #[expect(clippy::cast_precision_loss, reason = "the counts are small")]
                let angle = i as f64 / vertices as f64 * std::f64::consts::TAU;
                let radius = 100.0 + 30.0 * (angle * 17.0).sin() + 3.0 * (angle * 131.0).cos();
                [
                    500_000.0 + radius * angle.cos(),
                    5_000_000.0 + radius * angle.sin(),
                ]
            })
            .collect();
        ring.push(ring[0]);
        ring
    }

    fn places() -> impl Iterator<Item = [f64; 2]> {
        (0..60).flat_map(|i| {
            (0..60).map(move |j| {
                [
                    499_850.0 + f64::from(i) * 5.0 + 0.37,
                    4_999_850.0 + f64::from(j) * 5.0 + 0.11,
                ]
            })
        })
    }

    #[test]
    fn an_index_locates_as_the_ring_does() {
        for vertices in [64, 65, 250, 257, 4097] {
            let ring = wavy(vertices);
            let index = EdgeIndex::new(&ring).expect("long enough");
            let mut inside = 0;
            for place in places() {
                let expected = locate_in_ring(&ring, place);
                assert_eq!(
                    locate_in_indexed(&ring, &index, place),
                    expected,
                    "{place:?}"
                );
                inside += usize::from(expected == Location::Inside);
            }
            assert!(inside > 900, "{inside}");
            for vertex in ring.iter().step_by(7) {
                assert_eq!(
                    locate_in_indexed(&ring, &index, *vertex),
                    Location::Boundary
                );
            }
        }
        assert!(EdgeIndex::new(&wavy(63)).is_none());
    }

    #[test]
    fn a_cut_ring_is_the_ring_inside_the_box_and_short() {
        let ring = wavy(4097);
        let index = EdgeIndex::new(&ring).expect("long enough");
        let area = [500_060.0, 4_999_970.0, 500_150.0, 5_000_040.0];
        for index in [None, Some(&index)] {
            let cut = cut_ring(&ring, index, area);
            assert!(cut.meets);
            assert!(cut.ring.len() < 1_000, "{}", cut.ring.len());
            assert_eq!(cut.ring.first(), cut.ring.last());
            let mut seen = [0; 2];
            for place in places().filter(|p| meet(box_of([p]), area)) {
                let expected = locate_in_ring(&ring, place);
                assert_eq!(locate_in_ring(&cut.ring, place), expected, "{place:?}");
                seen[usize::from(expected == Location::Inside)] += 1;
            }
            assert!(seen[0] > 20 && seen[1] > 20, "{seen:?}");
        }
    }

    #[test]
    fn a_box_that_no_edge_meets_is_told() {
        let ring = wavy(1000);
        let index = EdgeIndex::new(&ring);
        let within = [499_990.0, 4_999_990.0, 500_010.0, 5_000_010.0];
        let cut = cut_ring(&ring, index.as_ref(), within);
        assert!(!cut.meets);
        assert_eq!(
            locate_in_ring(&cut.ring, [500_000.0, 5_000_000.0]),
            Location::Inside
        );
        let beside = [500_200.0, 5_000_200.0, 500_210.0, 5_000_210.0];
        let cut = cut_ring(&ring, index.as_ref(), beside);
        assert!(!cut.meets);
        assert_eq!(
            locate_in_ring(&cut.ring, [500_205.0, 5_000_205.0]),
            Location::Outside
        );
    }
}
