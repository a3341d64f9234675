//! What a part of an answer is told by.

/// Columns of the answer that need more than the whole: any one of these columns of the tables will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Columns of what is counted, or `table.column`.
    pub needs: Vec<String>,
    /// Columns of the answer; none: all of it.
    pub columns: Vec<String>,
}

/// `to_at: discharged ; in_ward | facilities.in_ward: in_ward, out_of_ward ; cases.resident`
pub(super) fn parts(list: &[&str]) -> Vec<Part> {
    let words = |text: &str, separator: char| -> Vec<String> {
        text.split(separator).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let one = |text: &&str| {
        let (needs, columns) = text.split_once(':').unwrap_or((text, ""));
        Part { needs: words(needs, '|'), columns: words(columns, ',') }
    };
    list.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_name_any_of_several_columns() {
        let parts = parts(&[
            "to_at: discharged",
            "in_ward | facilities.in_ward: in_ward, out_of_ward",
            "cases.resident",
        ]);
        assert_eq!(parts[1].needs, ["in_ward", "facilities.in_ward"]);
        assert_eq!(parts[1].columns, ["in_ward", "out_of_ward"]);
        assert_eq!((parts[2].needs.len(), parts[2].columns.len()), (1, 0));
    }
}
