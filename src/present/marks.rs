//! State marks, drawn as shapes so that no font has to carry them: ● 最新 ▲ 遅れ ■ 停止 ◇ 保守中.

use maud::{Markup, html};

use super::words;
use crate::answer::{FreshState, Freshness};

/// The shape alone.
pub fn shape(state: FreshState) -> Markup {
    html! {
        svg.shape.(class(state)) viewBox="0 0 20 20" aria-hidden="true" focusable="false" {
            @match state {
                FreshState::Fresh => { circle cx="10" cy="10" r="8" {} }
                FreshState::Late => { path d="M10 1.5 19 18H1z" {} }
                FreshState::Stopped => { rect x="2" y="2" width="16" height="16" {} }
                FreshState::Maintenance => { path.hollow d="M10 2.2 17.8 10 10 17.8 2.2 10z" {} }
                FreshState::Never => { circle.hollow cx="10" cy="10" r="7.5" {} }
            }
        }
    }
}

/// Shape and word, and the time of the last news when it is old.
pub fn mark(state: FreshState, since: Option<&str>) -> Markup {
    html! {
        span.mark.(class(state)) title=(words::state_en(state)) {
            (shape(state)) span.word { (words::state(state)) }
            @if let Some(since) = since { span.since { (since) } }
        }
    }
}

/// The shape, where words have no room; they are in its title.
pub fn bare(state: FreshState) -> Markup {
    html! {
        span.mark.(class(state)) role="img" aria-label=(words::state(state)) title=(words::state_en(state)) { (shape(state)) }
    }
}

/// The masked figure ＊, drawn.
pub fn masked() -> Markup {
    html! {
        svg.masked viewBox="0 0 20 20" role="img" aria-label="秘匿" {
            path d="M10 2v16M3 6l14 8M17 6 3 14" {}
        }
    }
}

/// The class that carries the colour.
pub const fn class(state: FreshState) -> &'static str {
    match state {
        FreshState::Fresh => "fresh",
        FreshState::Late => "late",
        FreshState::Stopped => "stopped",
        FreshState::Maintenance => "maintenance",
        FreshState::Never => "never",
    }
}

/// How bad a state is: a panel shows the worst of its sources.
const fn weight(state: FreshState) -> u8 {
    match state {
        FreshState::Fresh => 0,
        FreshState::Maintenance => 1,
        FreshState::Late => 2,
        FreshState::Never => 3,
        FreshState::Stopped => 4,
    }
}

/// The source that a panel has to speak of: the worst, and among equals the one silent for longest.
pub fn worst<'a>(sources: impl IntoIterator<Item = &'a Freshness>) -> Option<&'a Freshness> {
    sources.into_iter().max_by(|a, b| {
        weight(a.state).cmp(&weight(b.state)).then_with(|| b.last_delivery.cmp(&a.last_delivery))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(state: FreshState) -> Freshness {
        Freshness {
            source: marks_name(state),
            title: String::new(),
            last_delivery: None,
            source_time: None,
            expected_by: None,
            state,
            held_back: None,
            waiting: None,
        }
    }

    fn marks_name(state: FreshState) -> String {
        class(state).to_owned()
    }

    #[test]
    fn the_worst_source_speaks_for_the_panel() {
        let sources = [FreshState::Fresh, FreshState::Stopped, FreshState::Late].map(source);
        assert_eq!(worst(&sources).map(|s| s.state), Some(FreshState::Stopped));
        assert_eq!(worst(&[]), None);
    }

    #[test]
    fn marks_are_drawn_not_written() {
        for state in [FreshState::Fresh, FreshState::Late, FreshState::Stopped, FreshState::Maintenance] {
            let text = mark(state, None).into_string();
            assert!(text.contains("<svg") && text.contains(words::state(state)), "{text}");
            assert!(!text.contains(['●', '▲', '■', '◇']), "{text}");
        }
    }
}
