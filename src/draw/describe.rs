//! The text alternative for a chart whose caption brings none: the period, the latest figure and the
//! largest, in words.

use crate::draw::kinds::Chart;

pub(super) fn describe(chart: &Chart) -> String {
    if !chart.caption.description.is_empty() {
        return chart.caption.description.clone();
    }
    let said = chart.kind.described();
    let said = if said.is_empty() { vec!["データなし".to_owned()] } else { said };
    let parts = [chart.caption.title.clone(), said.join("、"), chart.caption.footer.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("。")
}
