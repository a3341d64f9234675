//! Lists of boards and indicators: under headings, in order, with a field to search them by. The field works by itself
//! (`?q=`); where a script runs it filters while one types, so what does not match is hidden and not left out.

use std::sync::Arc;

use maud::{Markup, html};

use super::words;
use crate::definitions::board::Board;
use crate::definitions::groups::Group;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::heading_key;
use crate::definitions::{Catalog, Word};

/// The page whose address says more than what is looked for.
pub const EXPLORE: &str = "/explore";

/// Does a text hold each word that is looked for? Width, case and spaces do not matter.
fn holds(text: &str, wanted: Option<&str>) -> bool {
    let text = heading_key(text);
    wanted.unwrap_or_default().split_whitespace().all(|word| text.contains(&heading_key(word)))
}

/// The field. `kept`: what the page's address says beside it.
pub fn search(action: &str, q: Option<&str>, kept: &[(&'static str, String)]) -> Markup {
    html! {
        form.search action=(action) method="get" role="search" {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            label {
                span { "さがす" small lang="en" { "Search" } }
                input type="search" name="q" value=(q.unwrap_or_default()) maxlength="80" placeholder="病床、年齢、beds など" data-find;
            }
            button type="submit" { "検索" small lang="en" { "Search" } }
        }
    }
}

/// Indicators that hold what is looked for, each with its own address.
pub fn indicators(catalog: &Catalog, q: Option<&str>, href: impl Fn(&Indicator) -> String) -> Markup {
    let wanted = |group: &Group, one: &Indicator| {
        holds(
            &format!("{} {} {} {} {} {}", one.id, one.title_ja, one.title_en, one.basis, group.ja, group.en),
            q,
        )
    };
    let groups = catalog.indicators_by_group();
    let any =
        |(group, members): &(&Group, Vec<&Arc<Indicator>>)| members.iter().any(|one| wanted(group, one));
    html! {
        div.groups data-found {
            @for of in &groups {
                @let (group, members) = of;
                section.group data-group={ (group.ja) " " (group.en) } hidden[!any(of)] {
                    (heading(group))
                    ul {
                        @for one in members {
                            li data-text=(one.id) hidden[!wanted(group, one)] {
                                a href=(href(one)) { (one.title_ja) }
                                @if let Some(basis) = words::basis_beside(&one.title_ja, &one.basis) { " " span.basis { (basis) } }
                                small lang="en" { (one.title_en) }
                            }
                        }
                    }
                }
            }
            (nothing(!groups.iter().any(any)))
        }
    }
}

/// Boards that hold what is looked for: as they are now, dark, and as they were.
pub fn boards(catalog: &Catalog, q: Option<&str>) -> Markup {
    let wanted = |group: &Group, one: &Board| {
        holds(&format!("{} {} {} {} {}", one.id, one.title.ja, one.title.en, group.ja, group.en), q)
    };
    let groups = catalog.boards_by_group();
    let any = |(group, members): &(&Group, Vec<&Arc<Board>>)| members.iter().any(|one| wanted(group, one));
    html! {
        div.groups.boardlist data-found {
            @for of in &groups {
                @let (group, members) = of;
                section.group data-group={ (group.ja) " " (group.en) } hidden[!any(of)] {
                    (heading(group))
                    ul {
                        @for one in members {
                            li data-text=(one.id) hidden[!wanted(group, one)] {
                                a href=(format!("/wall/{}", one.id)) { (one.title.ja) }
                                small lang="en" { (one.title.en) }
                                span.also {
                                    a.lesser href=(format!("/wall/{}?theme=dark", one.id)) { (catalog.glossary.ja(Word::Dark)) }
                                    " " a.lesser href=(format!("/boards/{}", one.id)) { "過去の表示" }
                                }
                            }
                        }
                    }
                }
            }
            (nothing(!groups.iter().any(any)))
        }
    }
}

fn heading(group: &Group) -> Markup {
    html! { h3 { (group.ja) small lang="en" { (group.en) } } }
}

fn nothing(shown: bool) -> Markup {
    html! { p.nothing hidden[!shown] role="status" { "該当するものがありません" small lang="en" { "Nothing found" } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    #[test]
    fn words_are_found_whatever_their_width_and_case() {
        assert!(holds("確保病床使用率 Occupancy of secured beds", Some("病床 ＢＥＤＳ")));
        assert!(holds("anything", None) && holds("anything", Some("  ")));
        assert!(!holds("確保病床使用率", Some("病床 年齢")));
    }

    #[test]
    fn lists_are_grouped_and_searched() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let href = |one: &Indicator| format!("/explore?indicator={}", one.id);
        let all = indicators(&catalog, None, href).into_string();
        assert_eq!(all.matches("<li").count(), catalog.indicators.len());
        assert!(all.contains("<h3>病床") && all.contains("該当するものがありません"));
        let found = indicators(&catalog, Some("病床"), href).into_string();
        assert!(
            found.contains("<li data-text=\"bed_occupancy\">")
                && found.contains("<p class=\"nothing\" hidden")
        );
        assert!(found.contains("<li data-text=\"median_age\" hidden>"), "{found}");
        let none = indicators(&catalog, Some("zzz<b>"), href).into_string();
        assert_eq!(none.matches("hidden>").count(), catalog.indicators.len() + catalog.groups.len());
        assert!(none.contains("<p class=\"nothing\" role"), "{none}");
        let boards = boards(&catalog, None).into_string();
        assert!(boards.find("/wall/today") < boards.find("/wall/age-rates"), "today's board comes first");
        assert_eq!(boards.matches("<li").count(), catalog.boards.len());
        assert!(!search("/", Some("\"><b>"), &[]).into_string().contains("<b>"));
    }
}
