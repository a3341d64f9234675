//! Standard populations: the weights of directly standardised rates. The figures are data
//! (`queries/reference/standard_populations.toml`); this is the type that vouches for their shape.

use super::reason::{Reason, count};

/// A band of ages: from, up to but not including (`None`: and over), weight (people; only the ratios matter).
pub type WeightedBand = (u16, Option<u16>, f64);

/// Bands from age 0, adjoining, the last and only the last one open; weights positive.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardPopulation {
    bands: Vec<WeightedBand>,
}

impl StandardPopulation {
    pub fn parse(bands: Vec<WeightedBand>) -> Result<Self, Reason> {
        if bands.is_empty() {
            return Err(Reason::NoBands);
        }
        let mut next = Some(0);
        for (position, &(from, to, weight)) in bands.iter().enumerate() {
            let ascending = to.is_none_or(|to| to > from);
            let weighs = count(weight).is_ok_and(|weight| weight > 0.0);
            if next != Some(from) || !ascending || !weighs {
                return Err(Reason::BandsMalformed(position));
            }
            next = to;
        }
        if next.is_some() {
            return Err(Reason::BandsMalformed(bands.len() - 1));
        }
        Ok(Self { bands })
    }

    pub fn bands(&self) -> &[WeightedBand] {
        &self.bands
    }

    pub fn total(&self) -> f64 {
        self.bands.iter().map(|(_, _, weight)| weight).sum()
    }

    /// The standard's weights for the bands (from, to exclusive) that a numerator and a population come in.
    /// They must be wider than or equal to the standard's own, and cover it without gap or overlap.
    pub fn weights_for(&self, bands: &[(u16, Option<u16>)]) -> Result<Vec<f64>, Reason> {
        let mut weights = Vec::with_capacity(bands.len());
        let mut rest = self.bands.iter();
        for (position, &(from, to)) in bands.iter().enumerate() {
            let mut sum = 0.0;
            let mut start = Some(from);
            loop {
                let Some(&(standard_from, standard_to, weight)) = rest.next() else {
                    return Err(Reason::BandDoesNotFit(position));
                };
                if start != Some(standard_from) {
                    return Err(Reason::BandDoesNotFit(position));
                }
                sum += weight;
                if standard_to == to {
                    break;
                }
                start = standard_to;
            }
            weights.push(sum);
        }
        if bands.is_empty() || rest.next().is_some() {
            return Err(Reason::StandardNotCovered);
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The file's bands by standard; its lines are `{ from = 0, to = 5, weight = 5000 },`.
    fn shipped(id: &str) -> StandardPopulation {
        let file = include_str!("../../queries/reference/standard_populations.toml");
        let (_, after) = file.split_once(&format!("id = \"{id}\"")).unwrap();
        let table = after.split("[[standard]]").next().unwrap();
        let field = |line: &str, name: &str| -> Option<f64> {
            let (_, value) = line.split_once(&format!("{name} = "))?;
            value.split([',', ' ']).next()?.parse().ok()
        };
        let bands = table.lines().filter(|line| line.trim_start().starts_with("{ from")).map(|line| {
            let to = field(line, "to").map(|to| to as u16);
            (field(line, "from").unwrap() as u16, to, field(line, "weight").unwrap())
        });
        StandardPopulation::parse(bands.collect()).unwrap()
    }

    #[test]
    fn shipped_standards_have_their_published_totals() {
        // 昭和60年モデル人口: 120,287,000 people in 18 bands.
        assert_eq!((shipped("japan_1985").total(), shipped("japan_1985").bands().len()), (120_287_000.0, 18));
        // ESP 2013: 100,000 in 19 bands (Eurostat 2013).
        assert_eq!((shipped("esp_2013").total(), shipped("esp_2013").bands().len()), (100_000.0, 19));
        // WHO 2000–2025 as printed with two decimals: 100.03 % in 18 bands (Ahmad et al. 2001).
        let who = shipped("who_2000_2025");
        assert!((who.total() - 100.03).abs() < 1e-9, "{}", who.total());
        assert_eq!(who.bands().len(), 18);
    }

    #[test]
    fn bands_must_adjoin() {
        let malformed = |bands: &[WeightedBand]| StandardPopulation::parse(bands.to_vec()).unwrap_err();
        assert_eq!(malformed(&[]), Reason::NoBands);
        assert_eq!(malformed(&[(1, None, 1.0)]), Reason::BandsMalformed(0));
        assert_eq!(malformed(&[(0, Some(5), 1.0), (6, None, 1.0)]), Reason::BandsMalformed(1));
        assert_eq!(malformed(&[(0, Some(5), 1.0), (4, None, 1.0)]), Reason::BandsMalformed(1));
        assert_eq!(malformed(&[(0, Some(5), 0.0), (5, None, 1.0)]), Reason::BandsMalformed(0));
        assert_eq!(malformed(&[(0, Some(5), 1.0)]), Reason::BandsMalformed(0));
        assert_eq!(malformed(&[(0, None, 1.0), (5, None, 1.0)]), Reason::BandsMalformed(1));
    }

    #[test]
    fn wider_bands_take_the_sums() {
        let esp = shipped("esp_2013");
        let wide = esp.weights_for(&[(0, Some(15)), (15, Some(65)), (65, None)]).unwrap();
        assert_eq!(wide, [16_000.0, 64_500.0, 19_500.0]);
        assert_eq!(esp.weights_for(&[(0, Some(7)), (7, None)]), Err(Reason::BandDoesNotFit(0)));
        assert_eq!(esp.weights_for(&[(0, Some(5)), (10, None)]), Err(Reason::BandDoesNotFit(1)));
        assert_eq!(esp.weights_for(&[(0, Some(5))]), Err(Reason::StandardNotCovered));
        assert_eq!(esp.weights_for(&[]), Err(Reason::StandardNotCovered));
        assert_eq!(esp.weights_for(&[(0, None), (0, None)]), Err(Reason::BandDoesNotFit(1)));
    }

    proptest! {
        #[test]
        fn no_weight_is_lost(cuts in proptest::collection::btree_set(1usize..18, 0..8)) {
            let standard = shipped("japan_1985");
            let mut edges = vec![0u16];
            edges.extend(cuts.iter().map(|cut| *cut as u16 * 5));
            let bands: Vec<_> =
                (0..edges.len()).map(|i| (edges[i], edges.get(i + 1).copied())).collect();
            let weights = standard.weights_for(&bands).unwrap();
            prop_assert!((weights.iter().sum::<f64>() - standard.total()).abs() < 1e-6);
        }
    }
}
