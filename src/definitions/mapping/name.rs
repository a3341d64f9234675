//! Which files of its folder a source takes.

use super::types::Mapping;

impl Mapping {
    /// Does the source take a file of this name (`files`, with `*` and `?`)? A packed file goes by what is in it:
    /// `x.csv.gz`, `x.zip` and `x.csv.zip` by `x.csv` as well.
    pub fn takes_file(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let inner = match (lower.strip_suffix(".gz"), lower.strip_suffix(".zip")) {
            (Some(inner), _) => Some(inner.to_owned()),
            (_, Some(inner)) if inner.ends_with(".csv") => Some(inner.to_owned()),
            (_, Some(inner)) => Some(format!("{inner}.csv")),
            (None, None) => None,
        };
        matches_glob(&self.files, name) || inner.is_some_and(|inner| matches_glob(&self.files, &inner))
    }
}

/// `*` stands for any characters, `?` for one; the case of ASCII letters does not matter.
fn matches_glob(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_go_by_what_is_in_them() {
        let text = include_str!("../../../queries/sources/her-sys-cases.toml");
        let mapping = Mapping::parse("her-sys-cases", text).unwrap();
        for name in ["hersys_1.csv", "hersys_1.csv.gz", "hersys_1.zip", "HERSYS_1.CSV.ZIP"] {
            assert!(mapping.takes_file(name), "{name}");
        }
        for name in ["hersys_1.txt", "hersys_1.txt.gz", "beds_1.zip", "hersys_1.gz"] {
            assert!(!mapping.takes_file(name), "{name}");
        }
    }

    #[test]
    fn globs() {
        for (pattern, name, expected) in [
            ("*", "x.csv", true),
            ("hersys_*.csv*", "HERSYS_20200101-20200131.csv.gz", true),
            ("hersys_*.csv*", "beds_20200101.csv", false),
            ("b?ds.csv", "beds.csv", true),
            ("b?ds.csv", "bds.csv", false),
            ("*_patients*.csv", "20200420_patients_3184rows.csv", true),
            ("*a*b", "aXbXa", false),
        ] {
            assert_eq!(matches_glob(pattern, name), expected, "{pattern} {name}");
        }
    }
}
