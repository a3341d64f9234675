//! Bandings: ways to divide all ages into bands.

use super::age::OLDEST;

/// Ages are kept up to this one, which stands for itself and all above.
const TOP: i16 = 90;

/// One band of whole years, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    pub ja: String,
    pub en: String,
    pub from: i16,
    /// The oldest age that is believed, for the last band.
    pub to: i16,
}

/// Bands from young to old in which every age has one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bands(Vec<Band>);

impl Bands {
    /// Bands with the age that each ends with, none for the last; the error says where ages are left out, or twice in.
    pub fn parse(bands: Vec<(String, String, i16, Option<i16>)>) -> Result<Self, String> {
        let mut found: Vec<Band> = Vec::with_capacity(bands.len());
        let mut next = Some(0);
        for (ja, en, from, to) in bands {
            if next != Some(from) {
                let due = next.map_or("nothing: the one before is open".to_owned(), |age| age.to_string());
                return Err(format!("band {ja} begins with {from}, due is {due}"));
            }
            if from > TOP {
                return Err(format!("band {ja} begins with {from}; ages above {TOP} are not told apart"));
            }
            if to.is_some_and(|to| to < from || to >= OLDEST) {
                return Err(format!("band {ja} ends before it begins, or beyond {OLDEST}"));
            }
            if found.iter().any(|band| band.ja == ja || band.en == en) {
                return Err(format!("band {ja} ({en}) for the second time"));
            }
            next = to.map(|to| to + 1);
            found.push(Band { ja, en, from, to: to.unwrap_or(OLDEST) });
        }
        match next {
            None => Ok(Self(found)),
            Some(age) => Err(format!("no band from {age} on: the last has no `to`")),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Band> {
        self.0.iter()
    }

    /// The place of the band that an age is in.
    pub fn place(&self, years: i16) -> Option<usize> {
        self.0.iter().position(|band| (band.from..=band.to).contains(&years))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bands(edges: &[i16]) -> Vec<(String, String, i16, Option<i16>)> {
        let ends = edges.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
        edges
            .iter()
            .zip(ends)
            .map(|(from, to)| (format!("{from}歳"), format!("{from}–"), *from, to))
            .collect()
    }

    #[test]
    fn what_leaves_an_age_without_a_place_is_refused() {
        assert!(Bands::parse(bands(&[0, 65])).is_ok());
        let refused = |given: Vec<_>, why: &str| {
            let error = Bands::parse(given).expect_err(why);
            assert!(error.contains(why), "{error}");
        };
        refused(Vec::new(), "no band from 0");
        refused(bands(&[1, 65]), "begins with 1, due is 0");
        refused(bands(&[0, 91]), "not told apart");
        refused(bands(&[0, 0]), "ends before it begins");
        let mut closed = bands(&[0, 65]);
        closed[1].3 = Some(99);
        refused(closed, "no band from 100");
        let mut gap = bands(&[0, 65]);
        gap[0].3 = Some(63);
        refused(gap, "begins with 65, due is 64");
        let mut overlap = bands(&[0, 65]);
        overlap[0].3 = Some(65);
        refused(overlap, "begins with 65, due is 66");
        let mut twice = bands(&[0, 65]);
        twice[1].0 = twice[0].0.clone();
        refused(twice, "second time");
    }

    proptest! {
        #[test]
        fn bands_partition_all_ages(edges in prop::collection::btree_set(1i16..=TOP, 0..40), years in 0i16..=OLDEST) {
            let edges: Vec<i16> = [0].into_iter().chain(edges).collect();
            let made = Bands::parse(bands(&edges)).expect("whole");
            let holding = made.iter().filter(|band| band.from <= years && years <= band.to).count();
            prop_assert_eq!(holding, 1);
            let place = made.place(years).expect("a place");
            prop_assert!(edges[place] <= years && edges.get(place + 1).is_none_or(|next| years < *next));
        }
    }
}
