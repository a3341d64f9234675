//! Do panels, headlines, strip and playlist fit what they show? By the roles of its columns.

use crate::definitions::board::{Board, Panel, When};
use crate::definitions::indicator::Shape;
use crate::definitions::role::Role;
use crate::definitions::{Catalog, PanelKind};

const COLUMNS: u16 = 12;
const ROWS: u16 = 8;

/// What does not fit on a board, in plain words.
pub(super) fn board_faults(board: &Board, catalog: &Catalog) -> Vec<String> {
    let mut found = Vec::new();
    for (index, panel) in board.panels.iter().enumerate() {
        let mut say = |what: String| found.push(format!("panel {} ({}): {what}", index + 1, panel.show));
        panel_faults(panel, catalog, &mut say);
        for (earlier, other) in board.panels[..index].iter().enumerate() {
            if overlap(panel, other) {
                say(format!("overlaps panel {} ({})", earlier + 1, other.show));
            }
        }
    }
    if board.panels.is_empty() {
        found.push("no panel".to_owned());
    }
    for headline in &board.headlines {
        match catalog.indicator(&headline.show) {
            None => found.push(format!("headline ({}): no such indicator", headline.show)),
            Some(shown) => {
                let lacks = |column: &str| shown.columns.iter().all(|(name, _)| name != column);
                if let Some(by) = headline.by.as_ref().filter(|by| !shown.by.contains(by)) {
                    let known = shown.by.join(", ");
                    found.push(format!("headline ({}): by = {by:?} is none of [{known}]", headline.show));
                }
                match &headline.when {
                    When::Reached if shown.reference.is_empty() || !shown.has(Role::Value) => {
                        found.push(format!("headline ({}): it needs a value and a reference", headline.show));
                    }
                    When::Above { column, .. }
                    | When::Below { column, .. }
                    | When::AnyAbove { column, .. }
                    | When::Filled { column }
                    | When::Under { column, .. }
                        if lacks(column) =>
                    {
                        found.push(format!("headline ({}): it has no column {column}", headline.show));
                    }
                    When::Under { of, .. } if lacks(of) => {
                        found.push(format!("headline ({}): it has no column {of}", headline.show));
                    }
                    When::Highest if !(shown.has(Role::Lower(95)) && shown.has(Role::Upper(95))) => {
                        found.push(format!("headline ({}): it has no limits", headline.show));
                    }
                    When::Unproved if !shown.has(Role::Verdict) => {
                        found.push(format!("headline ({}): it gives no verdicts", headline.show));
                    }
                    When::Risen { .. } if !shown.has(Role::Value) || shown.shape != Shape::Series => {
                        found.push(format!("headline ({}): only a series rises", headline.show));
                    }
                    _ => {}
                }
            }
        }
    }
    if board.rotate_seconds < 5 {
        found.push("rotate_seconds under 5: nobody can read a board in less".to_owned());
    }
    found
}

/// What does not fit in the strip and the playlist: (file, what).
pub(super) fn faults_beside(catalog: &Catalog) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (index, item) in catalog.strip.items.iter().enumerate() {
        let mut say = |what: &str| {
            found.push(("dashboards/strip.toml", format!("item {} ({}): {what}", index + 1, item.show)));
        };
        match catalog.indicator(&item.show) {
            None => say("no such indicator"),
            Some(shown) if shown.label(&item.column).is_none() => {
                say(&format!("it has no column {}", item.column));
            }
            Some(_) if !(item.back.is_finite() && item.back >= 0.0) => say("back is no length"),
            Some(shown) if shown.shape != Shape::Value => {
                say("only an indicator of one row stands on the strip");
            }
            Some(_) => {}
        }
    }
    let limit = catalog.strip.held_back;
    if limit.rows == 0 || !(limit.percent > 0.0 && limit.percent <= 100.0) {
        let what = "held_back: rows from 1 on, percent above 0 and at most 100";
        found.push(("dashboards/strip.toml", what.to_owned()));
    }
    for board in catalog.playlist.boards.iter().filter(|board| catalog.board(board).is_none()) {
        found.push(("dashboards/playlist.toml", format!("no such board: {board}")));
    }
    found
}

fn panel_faults(panel: &Panel, catalog: &Catalog, say: &mut impl FnMut(String)) {
    let place = panel.at;
    let end = |start: u8, length: u8| u16::from(start) + u16::from(length) - 1;
    if place.column == 0 || place.row == 0 || place.width == 0 || place.height == 0 {
        say("place and size start at 1".to_owned());
    } else if end(place.column, place.width) > COLUMNS || end(place.row, place.height) > ROWS {
        say(format!("reaches beyond the {COLUMNS} × {ROWS} grid"));
    }
    let Some(shown) = catalog.indicator(&panel.show) else {
        say("no such indicator".to_owned());
        return;
    };
    let roles: Vec<Role> = shown.columns.iter().map(|(name, _)| shown.meaning(name).role).collect();
    if let Some(why) = panel.kind.misfit(shown, &roles) {
        say(why);
    }
    if let Some(by) = &panel.by
        && !shown.by.contains(by)
    {
        say(match shown.by.as_slice() {
            [] => format!("by = {by:?}: {} has no breakdown", shown.id),
            known => format!("by = {by:?} is none of [{}]", known.join(", ")),
        });
    }
    if let Some(bands) = &panel.bands {
        let known: Vec<&str> = catalog.bandings_of(shown).iter().map(|banding| banding.id.as_str()).collect();
        if !known.contains(&bands.as_str()) {
            say(match known.as_slice() {
                [] => format!("bands = {bands:?}: {} has no age bands", shown.id),
                known => format!("bands = {bands:?} is none of [{}]", known.join(", ")),
            });
        }
    }
    if let Some(against) = panel.against
        && !shown.against.contains(&against)
    {
        say(format!("against = {:?}: it is not compared with that", against.name()));
    }
    if panel.days == Some(0) {
        say("days = 0".to_owned());
    }
    let over = panel.over.as_ref().and_then(|over| catalog.indicator(over));
    if panel.days.is_some() && !shown.takes_period() && !over.is_some_and(|over| over.takes_period()) {
        say("days: it is of the moment and takes none".to_owned());
    }
    if let Some(verdict) = &panel.verdict {
        let judged = catalog.indicator(verdict);
        if !judged.is_some_and(|judged| judged.has(Role::Verdict)) || panel.kind != PanelKind::Line {
            say(format!("verdict = {verdict:?}: a line and an indicator that gives verdicts"));
        }
    }
    let Some(over) = &panel.over else { return };
    match catalog.indicator(over) {
        None => say(format!("over = {over:?}: no such indicator")),
        Some(_) if panel.kind == PanelKind::Sentences => {}
        Some(line) if line.shape != Shape::Series || shown.shape != Shape::Series => {
            say(format!("over = {over:?}: only a series goes over a series"));
        }
        Some(line) if line.unit != shown.unit => {
            say(format!("over = {over:?}: its unit is not that of what it goes over"));
        }
        Some(_) if !panel.kind.takes_over() => {
            say("over: only bars and lines have something over them".to_owned());
        }
        Some(line) if panel.by.as_ref().is_some_and(|by| !line.by.contains(by)) => {
            say(format!("over = {over:?}: it does not come by what the panel is by"));
        }
        Some(_) => {}
    }
}

fn overlap(a: &Panel, b: &Panel) -> bool {
    let apart = |s1: u8, l1: u8, s2: u8, l2: u8| {
        u16::from(s1) + u16::from(l1) <= u16::from(s2) || u16::from(s2) + u16::from(l2) <= u16::from(s1)
    };
    !(apart(a.at.column, a.at.width, b.at.column, b.at.width)
        || apart(a.at.row, a.at.height, b.at.row, b.at.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::files::File;
    use crate::definitions::{Definitions, Problem};

    fn faults(panels: &str) -> Vec<String> {
        let text = format!("title = {{ ja = \"試\", en = \"try\" }}\naudience = \"staff\"\n{panels}");
        let board = Board::parse("dashboards/try.toml", "try", &File::made(&text)).expect("parses");
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        assert!(catalog.indicators.contains_key("deaths"));
        let found = board_faults(&board, &catalog);
        for what in &found {
            let file = "dashboards/try.toml".to_owned();
            let told = Problem { file, what: what.clone() }.to_string();
            assert!(!told.contains("定義に誤りがあります"), "it has a sentence of its own: {told}");
        }
        found
    }

    fn panel(show: &str, kind: &str, at: [u8; 4]) -> String {
        let [column, row, width, height] = at;
        format!(
            "[[panel]]\nshow = \"{show}\"\nas = \"{kind}\"\n\
             at = {{ column = {column}, row = {row}, width = {width}, height = {height} }}\n"
        )
    }

    #[test]
    fn a_fitting_board_has_no_faults() {
        let text = panel("received_today", "hero", [1, 1, 4, 3]) + &panel("deaths", "bars", [5, 1, 8, 8]);
        assert_eq!(faults(&text), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let cases = [
            (panel("nothing", "hero", [1, 1, 1, 1]), "no such indicator"),
            (panel("deaths", "hero", [1, 1, 1, 1]), "a series can't be drawn as hero"),
            (panel("under_care_by_place", "bars", [1, 1, 2, 2]), "it needs a column value"),
            (panel("cases_by_district", "forest", [1, 1, 2, 2]), "it needs a column lower"),
            (panel("deaths", "bars", [10, 1, 4, 1]), "beyond the 12 × 8 grid"),
            (panel("deaths", "bars", [1, 8, 1, 2]), "beyond the 12 × 8 grid"),
            (panel("deaths", "bars", [0, 1, 1, 1]), "start at 1"),
            (panel("deaths", "stacked", [1, 1, 1, 1]), "at least two columns"),
            (
                panel("deaths", "bars", [1, 1, 2, 2]) + &panel("deaths", "bars", [2, 2, 2, 2]),
                "overlaps panel 1",
            ),
            (panel("deaths", "bars", [1, 1, 2, 2]) + "by = \"hour\"\n", "by = \"hour\" is none of"),
            (
                panel("age_sex", "pyramid", [1, 1, 2, 2]) + "bands = \"seven\"\n",
                "bands = \"seven\" is none of [ten, ",
            ),
            (
                panel("deaths", "bars", [1, 1, 2, 2]) + "bands = \"ten\"\n",
                "bands = \"ten\": deaths has no age bands",
            ),
            (panel("deaths", "bars", [1, 1, 2, 2]) + "against = \"previous\"\n", "not compared with that"),
            (panel("deaths", "bars", [1, 1, 2, 2]) + "over = \"week_ratio\"\n", "its unit is not"),
            (panel("under_care", "tile", [1, 1, 2, 2]) + "days = 7\n", "of the moment and takes none"),
            (
                panel("new_cases_received", "bars", [1, 1, 2, 2])
                    + "by = \"week\"\nover = \"new_cases_mean7\"\n",
                "does not come by what the panel is by",
            ),
        ];
        for (text, expected) in cases {
            let found = faults(&text);
            assert!(found.iter().any(|f| f.contains(expected)), "{text}: {found:?}");
        }
    }
}
