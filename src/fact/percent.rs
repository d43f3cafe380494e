//! Percentages that sum to 100 when they are printed.

/// Whole numbers in proportion to measures, with an exact sum: each is rounded down, and what is
/// left goes to the largest remainders; equal ones are served in the order given.
///
/// All zeros when the measures have no positive sum.
pub fn largest_remainder(measures: &[f64], total: u32) -> Vec<u32> {
    let positive = |value: &f64| {
        if value.is_finite() {
            value.max(0.0)
        } else {
            0.0
        }
    };
    let sum: f64 = measures.iter().map(positive).sum();
    if sum <= 0.0 {
        return vec![0; measures.len()];
    }
    let exact: Vec<f64> = measures
        .iter()
        .map(|value| positive(value) / sum * f64::from(total))
        .collect();
    // A cast of a float saturates; the values lie between 0 and the total.
    let mut whole: Vec<u32> = exact.iter().map(|value| value.floor() as u32).collect();
    let mut order: Vec<usize> = (0..measures.len()).collect();
    order.sort_by(|a, b| (exact[*b].fract()).total_cmp(&exact[*a].fract()));
    let left = total.saturating_sub(whole.iter().sum());
    for index in order.into_iter().cycle().take(left as usize) {
        whole[index] += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_sum_to_a_hundred() {
        assert_eq!(largest_remainder(&[1.0, 1.0, 1.0], 1000), [334, 333, 333]);
        assert_eq!(largest_remainder(&[873.0, 127.0], 1000), [873, 127]);
        assert_eq!(largest_remainder(&[0.0, 0.0], 1000), [0, 0]);
        assert!(largest_remainder(&[], 1000).is_empty());
        assert_eq!(largest_remainder(&[f64::NAN, 5.0], 1000), [0, 1000]);
    }

    proptest::proptest! {
        #[test]
        fn any_shares_sum_to_the_total(measures in proptest::collection::vec(0.0..1e6_f64, 1..40)) {
            let whole = largest_remainder(&measures, 1000);
            let sum: f64 = measures.iter().sum();
            proptest::prop_assume!(sum > 0.0);
            proptest::prop_assert_eq!(whole.iter().sum::<u32>(), 1000);
            for (measure, tenths) in measures.iter().zip(&whole) {
                proptest::prop_assert!((measure / sum * 1000.0 - f64::from(*tenths)).abs() <= 1.0);
            }
        }
    }
}
