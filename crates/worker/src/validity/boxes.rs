//! A tree of boxes over segments in the order of their rings.
//!
//! Neighbours in a ring are neighbours in space, so that order needs no sorting.

use super::{Budget, Point, TooComplex};

/// Segments of a leaf.
const LEAF: usize = 8;

/// A box, its border included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) min: Point,
    pub(crate) max: Point,
}

impl Rect {
    pub(crate) const EMPTY: Self = Self {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    pub(crate) fn of(points: &[Point]) -> Self {
        points.iter().fold(Self::EMPTY, |rect, p| Self {
            min: [rect.min[0].min(p[0]), rect.min[1].min(p[1])],
            max: [rect.max[0].max(p[0]), rect.max[1].max(p[1])],
        })
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.min[0] <= other.max[0]
            && other.min[0] <= self.max[0]
            && self.min[1] <= other.max[1]
            && other.min[1] <= self.max[1]
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.min[0] <= other.min[0]
            && other.max[0] <= self.max[0]
            && self.min[1] <= other.min[1]
            && other.max[1] <= self.max[1]
    }

    pub(crate) fn grown(&self, by: f64) -> Self {
        Self {
            min: [self.min[0] - by, self.min[1] - by],
            max: [self.max[0] + by, self.max[1] + by],
        }
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
        }
    }
}

/// A complete binary tree in an array: node `i` has the children `2i` and `2i + 1`.
pub(crate) struct BoxTree {
    items: Vec<Rect>,
    nodes: Vec<Rect>,
    leaves: usize,
}

impl BoxTree {
    pub(crate) fn new(items: Vec<Rect>) -> Self {
        let leaves = items.len().div_ceil(LEAF).max(1).next_power_of_two();
        let mut nodes = vec![Rect::EMPTY; 2 * leaves];
        for (leaf, chunk) in items.chunks(LEAF).enumerate() {
            nodes[leaves + leaf] = chunk
                .iter()
                .fold(Rect::EMPTY, |rect, item| rect.union(item));
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node].union(&nodes[2 * node + 1]);
        }
        Self {
            items,
            nodes,
            leaves,
        }
    }

    fn items_of(&self, node: usize) -> std::ops::Range<usize> {
        let first = ((node - self.leaves) * LEAF).min(self.items.len());
        first..(first + LEAF).min(self.items.len())
    }

    /// Visits each pair of items whose boxes meet once, until the visitor gives a value.
    pub(crate) fn find_pair<T>(
        &self,
        budget: &mut Budget,
        mut visit: impl FnMut(usize, usize) -> Option<T>,
    ) -> Result<Option<T>, TooComplex> {
        let mut stack = vec![(1, 1)];
        while let Some((a, b)) = stack.pop() {
            budget.spend(1)?;
            if !self.nodes[a].meets(&self.nodes[b]) {
                continue;
            }
            if a < self.leaves {
                let (left, right) = (2 * a, 2 * a + 1);
                // All leaves have one depth, so both nodes are inner ones or both leaves.
                if a == b {
                    stack.extend([(left, right), (right, right), (left, left)]);
                } else {
                    let (first, second) = (2 * b, 2 * b + 1);
                    stack.extend([
                        (left, first),
                        (left, second),
                        (right, first),
                        (right, second),
                    ]);
                }
                continue;
            }
            for i in self.items_of(a) {
                let others = self.items_of(b);
                let first = if a == b { i + 1 } else { others.start };
                budget.spend(others.end.saturating_sub(first))?;
                for j in first..others.end {
                    if self.items[i].meets(&self.items[j])
                        && let Some(found) = visit(i, j)
                    {
                        return Ok(Some(found));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Visits each item whose box meets another box.
    pub(crate) fn for_each(
        &self,
        rect: &Rect,
        budget: &mut Budget,
        mut visit: impl FnMut(usize),
    ) -> Result<(), TooComplex> {
        let mut stack = vec![1];
        while let Some(node) = stack.pop() {
            budget.spend(1)?;
            if !self.nodes[node].meets(rect) {
                continue;
            }
            if node < self.leaves {
                stack.extend([2 * node, 2 * node + 1]);
                continue;
            }
            for item in self.items_of(node) {
                budget.spend(1)?;
                if self.items[item].meets(rect) {
                    visit(item);
                }
            }
        }
        Ok(())
    }
}
