//! Where labels go without covering each other.

/// Moves the middles of labels of height `gap` apart, in order of their wish and as little as needed,
/// between `top` and `bottom`. None if they don't all fit.
pub(super) fn spread(wishes: &[f64], gap: f64, top: f64, bottom: f64) -> Option<Vec<f64>> {
    if wishes.len() as f64 * gap > bottom - top + 0.01 {
        return None;
    }
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|a, b| wishes[*a].total_cmp(&wishes[*b]));
    // Neighbours that touch form a block that sits at the mean of its wishes.
    let mut blocks: Vec<(f64, Vec<usize>)> = Vec::new();
    for i in order {
        blocks.push((wishes[i], vec![i]));
        while let [.., above, below] = blocks.as_slice() {
            let reach = |b: &(f64, Vec<usize>)| b.1.len() as f64 * gap / 2.0;
            let clamp = |b: &(f64, Vec<usize>)| b.0.clamp(top + reach(b), bottom - reach(b));
            if clamp(above) + reach(above) <= clamp(below) - reach(below) + 1e-9 {
                break;
            }
            let members: Vec<usize> = above.1.iter().chain(&below.1).copied().collect();
            let mean = members.iter().map(|m| wishes[*m]).sum::<f64>() / members.len() as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((mean, members));
        }
    }
    let mut placed = vec![0.0; wishes.len()];
    for (middle, members) in blocks {
        let reach = members.len() as f64 * gap / 2.0;
        let first = middle.clamp(top + reach, (bottom - reach).max(top + reach)) - reach + gap / 2.0;
        for (n, i) in members.into_iter().enumerate() {
            placed[i] = first + n as f64 * gap;
        }
    }
    Some(placed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spread_labels_never_touch(wishes in prop::collection::vec(-50.0..250.0_f64, 0..12)) {
            match spread(&wishes, 15.0, 0.0, 200.0) {
                None => prop_assert!(wishes.len() as f64 * 15.0 > 200.0),
                Some(mut placed) => {
                    placed.sort_by(f64::total_cmp);
                    prop_assert!(placed.iter().all(|y| (7.49..=192.51).contains(y)), "{placed:?}");
                    prop_assert!(placed.windows(2).all(|w| w[1] - w[0] >= 15.0 - 1e-6), "{placed:?}");
                }
            }
        }
    }

    #[test]
    fn lonely_labels_stay_where_they_want_to_be() {
        assert_eq!(spread(&[100.0, 20.0], 15.0, 0.0, 200.0), Some(vec![100.0, 20.0]));
    }
}
