//! A table for a terminal, aligned by the width in which characters are shown: Japanese ones take two columns.

use unicode_width::UnicodeWidthStr;

/// Columns of numbers stand to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    sides: Vec<Side>,
    /// Rows of the head.
    heads: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: impl IntoIterator<Item = (impl Into<String>, Side)>) -> Self {
        let (heads, sides) = heads.into_iter().map(|(head, side)| (head.into(), side)).unzip();
        Self { sides, heads: 1, rows: vec![heads] }
    }

    /// A table with its head in Japanese and below it in English.
    pub(super) fn in_both<const N: usize>(heads: [(&str, &str, Side); N]) -> Self {
        let rows = vec![
            heads.iter().map(|(ja, ..)| (*ja).to_owned()).collect(),
            heads.iter().map(|(_, en, _)| (*en).to_owned()).collect(),
        ];
        Self { sides: heads.iter().map(|(.., side)| *side).collect(), heads: 2, rows }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The lines of the table, the head first, with a rule below it.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut widths = vec![0; self.sides.len()];
        for row in &self.rows {
            for (cell, most) in row.iter().zip(&mut widths) {
                *most = cell.width().max(*most);
            }
        }
        let mut lines: Vec<String> = self.rows.iter().map(|row| self.line(row, &widths)).collect();
        lines.insert(self.heads, widths.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>().join("  "));
        lines
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).zip(&self.sides).map(|((cell, most), side)| {
            let gap = " ".repeat(most - cell.width());
            match side {
                Side::Left => format!("{cell}{gap}"),
                Side::Right => format!("{gap}{cell}"),
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_in_both_languages_has_two_lines() {
        let mut table = Table::in_both([("地区", "district", Side::Left), ("人数", "n", Side::Right)]);
        table.row(["芝", "5"]);
        assert_eq!(table.lines(), ["地区      人数", "district     n", "--------  ----", "芝           5"]);
    }

    #[test]
    fn japanese_takes_two_columns() {
        let mut table = Table::new([("地区", Side::Left), ("人数", Side::Right)]);
        table.row(["芝浦港南", "1,234"]);
        table.row(["shiba", "5"]);
        assert_eq!(
            table.lines(),
            ["地区       人数", "--------  -----", "芝浦港南  1,234", "shiba         5"]
        );
        assert_eq!("ｶﾀｶﾅ".width(), 4, "half-width");
        assert_eq!("１２".width(), 4, "full-width");
    }
}
