//! The manual: `static/manual/*.md`, a page a task, in the order of the files' numbers. Each page is in Japanese first; its
//! second heading of the first level begins the same in English. Pages, the command line and the tests read it here.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::error::CatalogError;
use super::files::Definitions;
use super::header::check_stem;
use super::mapping::heading_key;

const FOLDER: &str = "static/manual";

/// The Markdown that pages are written in.
pub const MARKDOWN: Options = Options::ENABLE_TABLES;

#[derive(Clone, Debug, Default)]
pub struct Manual {
    /// In the order in which they are read.
    pub pages: Vec<Page>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `install` of `static/manual/02-install.md`.
    pub name: String,
    /// `02-install.md`: by this pages refer to each other.
    pub file: String,
    /// The whole page, Markdown.
    pub text: String,
    pub ja: Half,
    /// Absent where somebody wrote a page in one language.
    pub en: Option<Half>,
}

/// What a page says in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Half {
    pub title: String,
    /// Where it stands in the page's text.
    pub range: Range<usize>,
    /// The title's section first.
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    /// The anchor, as GitHub makes it.
    pub id: String,
    /// Paragraphs, cells and lines of code, one a line; of their marks only the `` ` `` of code.
    pub text: String,
}

/// A section in which all words stand that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    pub page: &'a Page,
    pub half: &'a Half,
    pub section: &'a Section,
    /// The words stand in the heading itself.
    pub named: bool,
    /// What stands around them.
    pub excerpt: &'a str,
}

impl Manual {
    /// Reads all pages: those of the program, and those of the folder of definitions over and beside them.
    pub fn read(definitions: &Definitions) -> Result<Self, CatalogError> {
        let mut pages: Vec<Page> = Vec::new();
        for (path, stem, file) in definitions.in_folder(FOLDER, "md") {
            check_stem(path, stem)?;
            pages.push(Page::read(stem, file.text(path)?));
        }
        Ok(Self { pages })
    }

    /// A page by its name, or by its file's.
    pub fn page(&self, name: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.name == name || page.file == name)
    }

    /// Sections that hold every word, those named so first. Width, case and spaces do not matter.
    pub fn search(&self, words: &str) -> Vec<Hit<'_>> {
        let words: Vec<String> =
            words.split_whitespace().map(heading_key).filter(|word| !word.is_empty()).collect();
        let Some(first) = words.first() else { return Vec::new() };
        let mut hits: Vec<Hit<'_>> = Vec::new();
        for page in &self.pages {
            for half in page.halves() {
                for section in &half.sections {
                    let heading = heading_key(&format!("{} {}", half.title, section.heading));
                    let text = bare_key(&section.text);
                    if words.iter().all(|word| heading.contains(word) || text.contains(word)) {
                        let named = words.iter().all(|word| heading_key(&section.heading).contains(word));
                        hits.push(Hit { page, half, section, named, excerpt: excerpt(&section.text, first) });
                    }
                }
            }
        }
        hits.sort_by_key(|hit| !hit.named);
        hits
    }
}

impl Page {
    fn read(stem: &str, text: &str) -> Self {
        let name = stem.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-');
        let name = if name.is_empty() { stem } else { name };
        let mut halves = halves(text, name).into_iter();
        let whole = || Half { title: name.to_owned(), range: 0..text.len(), sections: Vec::new() };
        Self {
            name: name.to_owned(),
            file: format!("{stem}.md"),
            text: text.to_owned(),
            ja: halves.next().unwrap_or_else(whole),
            en: halves.next(),
        }
    }

    pub fn halves(&self) -> impl Iterator<Item = &Half> {
        std::iter::once(&self.ja).chain(&self.en)
    }

    /// The Markdown of one half.
    pub fn markdown(&self, half: &Half) -> &str {
        &self.text[half.range.clone()]
    }

    /// The English title, or the only one.
    pub fn title_en(&self) -> &str {
        self.en.as_ref().map_or(&self.ja.title, |half| &half.title)
    }
}

/// The page's parts from one heading of the first level to the next. A third such heading goes with the second part.
fn halves(text: &str, name: &str) -> Vec<Half> {
    let mut found: Vec<Half> = Vec::new();
    let mut taken: Vec<String> = Vec::new();
    let mut heading: Option<(HeadingLevel, usize, String)> = None;
    for (event, range) in Parser::new_ext(text, MARKDOWN).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, range.start, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                let Some((level, start, said)) = heading.take() else { continue };
                let id = anchor(&said, &mut taken);
                let section = Section { heading: said.clone(), id, text: String::new() };
                let begins = found.is_empty() || (level == HeadingLevel::H1 && found.len() < 2);
                if begins {
                    if let Some(before) = found.last_mut() {
                        before.range.end = start;
                    }
                    let from = if found.is_empty() { 0 } else { start };
                    found.push(Half { title: said, range: from..text.len(), sections: vec![section] });
                } else if let Some(half) = found.last_mut() {
                    half.sections.push(section);
                }
            }
            Event::Text(said) => match &mut heading {
                Some((_, _, title)) => title.push_str(&said),
                None => put(&mut found, &said),
            },
            Event::Code(said) => match &mut heading {
                Some((_, _, title)) => title.push_str(&said),
                None => put(&mut found, &format!("`{said}`")),
            },
            Event::SoftBreak | Event::HardBreak => match &mut heading {
                Some((_, _, title)) => title.push(' '),
                None => put(&mut found, " "),
            },
            Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::TableRow | TagEnd::TableHead,
            ) => put(&mut found, "\n"),
            _ => {}
        }
    }
    if let Some(half) = found.iter_mut().find(|half| half.title.is_empty()) {
        name.clone_into(&mut half.title);
    }
    found
}

fn put(halves: &mut [Half], said: &str) {
    if let Some(section) = halves.last_mut().and_then(|half| half.sections.last_mut()) {
        section.text.push_str(said);
    }
}

/// As GitHub makes it of a heading: small letters, no punctuation, hyphens for spaces; a number where it is taken.
fn anchor(heading: &str, taken: &mut Vec<String>) -> String {
    let plain: String = heading
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect();
    let before = taken.iter().filter(|id| **id == plain).count();
    taken.push(plain.clone());
    if before == 0 { plain } else { format!("{plain}-{before}") }
}

/// The key of a text without the marks of code.
fn bare_key(text: &str) -> String {
    heading_key(text).replace('`', "")
}

/// Characters that an excerpt may have.
const EXCERPT: usize = 120;

/// The line that holds a word, or the first one, cut to a sentence where it is long.
fn excerpt<'a>(text: &'a str, word: &str) -> &'a str {
    let holds = |part: &&str| bare_key(part).contains(word);
    let line = text.lines().find(holds).or_else(|| text.lines().find(|line| !line.trim().is_empty()));
    let line = line.unwrap_or_default().trim();
    let mut sentences = line.split_inclusive('。').flat_map(|part| part.split_inclusive(". "));
    let sentence = sentences.find(holds).unwrap_or(line);
    let said = if line.chars().count() > EXCERPT { sentence.trim() } else { line };
    said.char_indices().nth(EXCERPT).map_or(said, |(end, _)| &said[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# 設置する\n\n一台で動く。\n\n## 設定 `hinomi.toml`\n\n| キー | 意味 |\n|---|---|\n| `listen` | 住所 |\n\n\
        ```text\n# no heading\n```\n\n# Install\n\nOne machine.\n\n## Settings\n\nKeys.\n\n## Settings\n\nＭｏｒｅ keys.\n";

    fn manual() -> Manual {
        let mut definitions = Definitions::default();
        definitions.put("static/manual/10-late.md", "no heading at all");
        definitions.put("static/manual/02-install.md", PAGE);
        definitions.put("static/manual/wall.png", "no page");
        Manual::read(&definitions).expect("reads")
    }

    #[test]
    fn a_page_has_two_halves_with_their_sections() {
        let manual = manual();
        let names: Vec<&str> = manual.pages.iter().map(|page| page.name.as_str()).collect();
        assert_eq!(names, ["install", "late"]);
        let page = manual.page("install").expect("there");
        assert_eq!(manual.page("02-install.md"), Some(page));
        let en = page.en.as_ref().expect("English");
        assert_eq!((page.ja.title.as_str(), en.title.as_str()), ("設置する", "Install"));
        assert!(page.markdown(en).starts_with("# Install\n") && page.markdown(&page.ja).ends_with("```\n\n"));
        let ids = |half: &Half| half.sections.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&page.ja), ["設置する", "設定-hinomitoml"]);
        assert_eq!(ids(en), ["install", "settings", "settings-1"]);
        let late = manual.page("late").expect("there");
        assert_eq!((late.ja.title.as_str(), late.en.is_none(), late.title_en()), ("late", true, "late"));
    }

    #[test]
    fn words_are_found_whatever_their_width_and_case() {
        let manual = manual();
        let found = |words: &str| {
            let hits = manual.search(words).into_iter();
            hits.map(|hit| format!("{} {}", hit.section.id, hit.excerpt)).collect::<Vec<_>>()
        };
        assert_eq!(found("ＬＩＳＴＥＮ"), ["設定-hinomitoml `listen`"]);
        assert_eq!(found("more keys"), ["settings-1 Ｍｏｒｅ keys."]);
        assert_eq!(found("一台　動く"), ["設置する 一台で動く。"]);
        assert_eq!(found("SETTINGS"), ["settings Keys.", "settings-1 Ｍｏｒｅ keys."]);
        assert!(found("zzz").is_empty() && found(" ").is_empty());
    }

    #[test]
    fn an_excerpt_is_short() {
        let text = format!("{}。探す語はここ。{}", "あ".repeat(200), "い".repeat(200));
        assert_eq!(excerpt(&text, "探す語"), "探す語はここ。");
        let text = format!("{}. Look into strip.toml first. {}", "a ".repeat(90), "b ".repeat(90));
        assert_eq!(excerpt(&text, "strip"), "Look into strip.toml first.");
        assert_eq!(excerpt(&"う".repeat(500), "う").chars().count(), EXCERPT);
    }
}
