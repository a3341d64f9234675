//! One half of a page as HTML. The pages are the program's and the installation's own: nothing in them comes from a user.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Parser, Tag, TagEnd, html as markdown};

use super::super::assets::Assets;
use crate::definitions::manual::{Half, MARKDOWN, Manual, Page};

/// A page's half, with what stands below its title. Headings get their anchors, links between files become links between
/// pages, code says its file's name.
pub(super) fn half(
    page: &Page,
    half: &Half,
    below_title: &Markup,
    manual: &Manual,
    assets: &Assets,
) -> Markup {
    let english = page.en.as_ref() == Some(half);
    let mut anchors = half.sections.iter();
    // Neither code nor an image's text is marked up.
    let mut plain = false;
    let mut in_table = false;
    let mut events: Vec<Event<'_>> = Vec::new();
    for event in Parser::new_ext(page.markdown(half), MARKDOWN) {
        match event {
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                let id = anchors.next().map(|section| CowStr::from(section.id.as_str()));
                events.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::End(end @ TagEnd::Heading(HeadingLevel::H1)) => {
                events.push(Event::End(end));
                events.push(raw(below_title.clone()));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = address(&dest_url, manual).map_or(dest_url, CowStr::from);
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                plain = true;
                let dest_url = assets.url(&format!("manual/{dest_url}")).into();
                events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                plain = true;
                let named = match &kind {
                    CodeBlockKind::Fenced(info) => file_of(info).map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                if let Some(name) = named {
                    events.push(raw(html! { p.file { code { (name) } } }));
                }
                events.push(Event::Start(Tag::CodeBlock(kind)));
            }
            Event::End(end @ (TagEnd::CodeBlock | TagEnd::Image)) => {
                plain = false;
                events.push(Event::End(end));
            }
            Event::Start(Tag::Table(columns)) => {
                in_table = true;
                events.push(Event::InlineHtml("<div class=\"wide\">".into()));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                in_table = false;
                events.push(Event::End(TagEnd::Table));
                events.push(Event::InlineHtml("</div>".into()));
            }
            Event::Text(text) if english && !plain => events.push(raw(spoken(&text))),
            Event::Code(code) if in_table => events.push(raw(breakable(&code))),
            other => events.push(other),
        }
    }
    let mut out = String::new();
    markdown::push_html(&mut out, events.into_iter());
    PreEscaped(out)
}

/// `hinomi.toml` of a block that begins with ```` ```toml title="hinomi.toml" ````.
fn file_of(info: &str) -> Option<&str> {
    info.split_once("title=\"")?.1.split_once('"').map(|(name, _)| name)
}

/// The page that a link to a file beside this one means.
fn address(link: &str, manual: &Manual) -> Option<String> {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let page = manual.pages.iter().find(|page| page.file == file)?;
    Some(match anchor {
        Some(anchor) => format!("/manual/{}#{anchor}", page.name),
        None => format!("/manual/{}", page.name),
    })
}

/// Code that a narrow cell may break between its parts, not within a word.
fn breakable(code: &str) -> Markup {
    let mut parts = code.split_inclusive(['_', '(', '=', ',', '/', '.']).peekable();
    html! {
        code {
            @while let Some(part) = parts.next() { (part) @if parts.peek().is_some() { wbr; } }
        }
    }
}

fn raw(markup: Markup) -> Event<'static> {
    Event::InlineHtml(markup.into_string().into())
}

/// English text in which Japanese words are marked as such, for screen readers and for the choice of glyphs.
pub(super) fn spoken(text: &str) -> Markup {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for c in text.chars() {
        let of = is_japanese(c);
        match parts.last_mut() {
            Some((japanese, part)) if *japanese == of => part.push(c),
            _ => parts.push((of, c.to_string())),
        }
    }
    html! {
        @for (japanese, part) in &parts {
            @if *japanese { span lang="ja" { (part) } } @else { (part) }
        }
    }
}

/// A line of a page: what is code in it is in no language, a command neither.
pub(super) fn excerpt(line: &str, english: bool) -> Markup {
    html! {
        @if line.starts_with("$ ") {
            code { (line) }
        } @else {
            @for (at, part) in line.split('`').enumerate() {
                @if at % 2 == 1 { code { (part) } } @else if english { (spoken(part)) } @else { (part) }
            }
        }
    }
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    fn rendered(text: &str, english: bool) -> String {
        let mut definitions = Definitions::default();
        definitions.put("static/manual/01-one.md", text);
        definitions.put("static/manual/02-two.md", "# 二\n\n## 節\n");
        let manual = Manual::read(&definitions).expect("reads");
        let page = &manual.pages[0];
        let of = if english { page.en.as_ref().expect("English") } else { &page.ja };
        half(page, of, &html! { p { "below" } }, &manual, &Assets::new(&definitions)).into_string()
    }

    #[test]
    fn links_images_tables_and_files_fit_the_house() {
        let text = "# 一\n\n## 節 `a`\n\n[次](02-two.md#節) [外](#節-a) ![壁](wall.png)\n\n| a | b |\n|---|---|\n| `c_d` | e |\n\n\
            ```toml title=\"hinomi.toml\"\na = \"<b>\"\n```\n";
        let said = rendered(text, false);
        for part in [
            "<h1 id=\"一\">一</h1>\n<p>below</p>",
            "<h2 id=\"節-a\">",
            "href=\"/manual/two#%E7%AF%80\"",
            "href=\"#%E7%AF%80-a\"",
            "/manual/wall.png\" alt=\"壁\"",
            "<div class=\"wide\"><table>",
            "<code>c_<wbr>d</code>",
            "</table>\n</div>",
            "<p class=\"file\"><code>hinomi.toml</code></p>",
            "&lt;b&gt;",
        ] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        assert!(!said.contains("style="), "the page's policy lets no style through: {said}");
    }

    #[test]
    fn code_in_an_excerpt_is_in_no_language() {
        let said = |line, english| excerpt(line, english).into_string();
        assert_eq!(
            said("すぐに求めます（`hinomi job run backtest`）。", false),
            "すぐに求めます（<code>hinomi job run backtest</code>）。"
        );
        assert_eq!(said("$ hinomi init <b>", false), "<code>$ hinomi init &lt;b&gt;</code>");
        assert_eq!(
            said("held (`不明`) 保留", true),
            "held (<code>不明</code>) <span lang=\"ja\">保留</span>"
        );
    }

    #[test]
    fn japanese_words_in_english_are_marked() {
        let said = rendered("# 一\n\n# One\n\nHeld back (取込保留) & `不明`.\n\n```text\n不明\n```\n", true);
        assert!(said.contains("(<span lang=\"ja\">取込保留</span>) &amp;"), "{said}");
        assert!(
            said.contains("<code>不明</code>") && said.contains("\n不明\n") || said.contains(">不明\n"),
            "{said}"
        );
    }
}
