//! The state of a figure that has a limit: a shape and a colour of the figure alone, never of the panel.

use maud::{Markup, html};

/// How many of its limits a figure has reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    /// None, or it has none.
    #[default]
    None,
    /// Some of several.
    Some,
    /// All of them.
    All,
}

impl Reached {
    pub(super) fn of(reached: usize, limits: usize) -> Self {
        match reached {
            0 => Self::None,
            some if some < limits => Self::Some,
            _ => Self::All,
        }
    }

    /// The class that carries the colour.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::None => "calm",
            Self::Some => "near",
            Self::All => "over",
        }
    }

    /// The shape before a figure that has reached a limit: a triangle with a sign, so that it is not that of a late source.
    pub(super) fn shape(self) -> Markup {
        html! {
            @if self != Self::None {
                svg.reached.(self.class()) viewBox="0 0 20 20" role="img" aria-label="目安に該当" {
                    path d="M10 1 19.6 18.5H.4z" {}
                    path.sign d="M10 6.6v5.6M10 14.2v2.2" {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_under_its_limits_is_calm() {
        assert_eq!(
            [0, 1, 2].map(|reached| Reached::of(reached, 2)),
            [Reached::None, Reached::Some, Reached::All]
        );
        assert_eq!(Reached::of(1, 1), Reached::All);
        assert_eq!(Reached::of(0, 0), Reached::None);
        assert_eq!(Reached::None.shape().into_string(), "");
    }
}
