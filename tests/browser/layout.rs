//! What a wall looks like in every state that BOARDS names, at every size.

use hinomi::answer::FreshState;
use hinomi::epi::clock::Clock;
use hinomi::web::hall::Notes;

use super::driver::Browser;
use super::hall::Server;
use super::ward::Day;

const SIZES: [(u32, u32); 3] = [(1366, 768), (1920, 1080), (3840, 2160)];

/// Finds what a person would see as broken: scrolling, panels or texts over each other or cut off.
const FAULTS: &str = r"
const faults = [];
const room = { left: -1, top: -1, right: innerWidth + 1, bottom: innerHeight + 1 };
const root = document.documentElement;
if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight)
  faults.push(`the page scrolls: ${root.scrollWidth}×${root.scrollHeight}`);
const inside = (a, b, by) => a.left >= b.left - by && a.top >= b.top - by && a.right <= b.right + by && a.bottom <= b.bottom + by;
const over = (a, b, by) => a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
const name = (n) => n.id || n.className?.baseVal || n.className || n.tagName;
const seen = (n) => n.checkVisibility({ visibilityProperty: true }) && !n.closest('[hidden]');
const blocks = [...document.querySelectorAll('.notes, .replayed, .top, .panel, .strip')].filter(seen);
if (!blocks.some((b) => b.classList.contains('panel'))) faults.push('no panel is shown');
blocks.forEach((a, i) => {
  const box = a.getBoundingClientRect();
  if (!inside(box, room, 0)) faults.push(`${name(a)} leaves the page`);
  for (const b of blocks.slice(i + 1)) if (over(box, b.getBoundingClientRect(), 1)) faults.push(`${name(a)} over ${name(b)}`);
});
// Texts, by the boxes of their glyph lines: a line box is taller than what is written in it.
const texts = [];
for (const block of blocks) {
  const box = block.getBoundingClientRect();
  const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.textContent.trim() || !seen(node.parentElement)) continue;
    if (node.parentElement.closest('title, desc')) continue;
    const drawn = !!node.parentElement.closest('svg');
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      const cut = line.height * 0.2;
      const rect = { left: line.left, right: line.right, top: line.top + cut, bottom: line.bottom - cut };
      const words = node.textContent.trim().slice(0, 20);
      if (!inside(rect, box, 1.5)) faults.push(`${name(block)}: ${words} is cut`);
      if (!drawn) texts.push({ rect, words, node });
    }
  }
  for (const plot of block.querySelectorAll('.plot, .body, .latest')) {
    if (seen(plot) && !inside(plot.getBoundingClientRect(), box, 1.5)) faults.push(`${name(block)}: ${name(plot)} is cut`);
  }
}
texts.forEach((a, i) => {
  for (const b of texts.slice(i + 1))
    if (a.node !== b.node && over(a.rect, b.rect, 1.5)) faults.push(`「${a.words}」 over 「${b.words}」`);
});
// Wall text is never small.
for (const { node, words } of texts) {
  const u = Math.min(innerHeight / 100, innerWidth * 0.005625);
  const size = parseFloat(getComputedStyle(node.parentElement).fontSize) / u;
  if (size < 3.19 && !node.parentElement.classList.contains('long')) faults.push(`${words}: ${size.toFixed(1)} u`);
}
return [...new Set(faults)].slice(0, 20);
";

pub fn faults(browser: &Browser) -> Vec<String> {
    let found = browser.run(FAULTS);
    found.as_array().into_iter().flatten().map(|f| f.as_str().unwrap_or_default().to_owned()).collect()
}

/// As long as a reason can be.
const LONG: &str = "発生届（HER-SYS）: 一部未着（11月11日–11月15日・11月18日は初回連絡日時・死亡年月日の列が届いていません）、感染者管理台帳: 未着（11月21日 06:00までのデータ）";

fn states() -> Vec<(&'static str, Day)> {
    let day = Day::default;
    vec![
        ("plain", day()),
        ("first-start", Day { data: false, urgent: 0, state: FreshState::Never, ..day() }),
        ("late", Day { state: FreshState::Late, ..day() }),
        ("held-back", Day { held_back: 1, ..day() }),
        ("held-back-late", Day { held_back: 1_234, state: FreshState::Late, ..day() }),
        ("stopped", Day { state: FreshState::Stopped, ..day() }),
        ("maintenance", Day { state: FreshState::Maintenance, ..day() }),
        ("panel-failed", Day { failed: Some(1), ..day() }),
        ("corrected-down", Day { corrected: true, ..day() }),
        ("above-10000", Day { scale: 300.0, urgent: 3, ..day() }),
        ("above-1000", Day { scale: 30.0, urgent: 3, ..day() }),
        ("long-names", Day { long_names: true, ..day() }),
        ("40-hospitals", Day { hospitals: 40, ..day() }),
        ("20-hospitals-long", Day { hospitals: 20, long_names: true, scale: 3.0, ..day() }),
        ("zero", Day { scale: 0.0, urgent: 0, ..day() }),
        ("masked", Day { masked: true, ..day() }),
        ("strip-full", Day { urgent: 14, state: FreshState::Late, ..day() }),
        ("before-closing", Day { now: "2026-11-21T23:10:00Z".parse().expect("a moment"), ..day() }),
    ]
}

#[test]
fn every_state_fits_every_size() {
    let notes = Notes { training: true, open: true };
    let server = Server::start(notes, Clock::fixed(Day::default().now));
    let mut wrong = Vec::new();
    for (state, day) in states() {
        // A browser for each state: after hundreds of pages at 4K without a graphics card one may give up.
        let browser = Browser::open(1920, 1080);
        server.show(&day);
        for board in server.catalog.boards.keys() {
            browser.goto(&server.url(&format!("/wall/{board}")));
            for (width, height) in SIZES {
                browser.size(width, height);
                let name = format!("{board}-{state}-{width}");
                wrong.extend(faults(&browser).into_iter().map(|fault| format!("{name}: {fault}")));
                browser.picture(&name);
            }
        }
        wrong.extend(browser.complaints());
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// A reason, however long, stays within its panel.
#[test]
fn long_reasons_keep_within_their_panels() {
    let server = Server::start(Notes { training: true, open: true }, Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    let day = Day::default;
    let mut wrong = Vec::new();
    for (board, state, day) in [
        ("today", "untold", Day { untold: Some(LONG), urgent: 5, ..day() }),
        ("today", "untold-late", Day { untold: Some(LONG), state: FreshState::Late, ..day() }),
        ("today", "told-in-part", Day { lacking: Some(LONG), ..day() }),
        ("today", "told-in-part-long", Day { lacking: Some(LONG), scale: 300.0, held_back: 1_234, ..day() }),
        ("today", "unread", Day { unread: true, ..day() }),
        ("beds", "unread", Day { unread: true, ..day() }),
        ("alerts", "told-in-part", Day { lacking: Some(LONG), ..day() }),
    ] {
        server.show(&day);
        browser.goto(&server.url(&format!("/wall/{board}")));
        for (width, height) in SIZES {
            browser.size(width, height);
            wrong.extend(
                faults(&browser).into_iter().map(|fault| format!("{board}-{state}-{width}: {fault}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn dark_bare_and_other_shapes_fit_too() {
    let server = Server::start(Notes::default(), Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    let mut wrong = Vec::new();
    for board in server.catalog.boards.keys() {
        browser.goto(&server.url(&format!("/wall/{board}?theme=dark")));
        // The usual size, and a projector of 4:3 (1024 × 768), which BOARDS does not promise but people have.
        for (width, height) in [(1920, 1080), (1024, 768)] {
            browser.size(width, height);
            let name = format!("{board}-dark-{width}");
            wrong.extend(faults(&browser).into_iter().map(|fault| format!("{name}: {fault}")));
            browser.picture(&name);
        }
    }
    wrong.extend(browser.complaints());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_board_names_its_disease_and_what_it_is_short_of() {
    let server = Server::start(Notes::default(), Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    server.show(&Day { held_back: 12, ..Day::default() });
    for board in server.catalog.boards.keys() {
        browser.goto(&server.url(&format!("/wall/{board}")));
        let title = browser.text(".title:not([hidden])");
        assert!(title.contains("新型コロナウイルス感染症"), "{board}: {title}");
        let unmarked = "return [...document.querySelectorAll('.panel')].filter(p => !p.querySelector('.held-back')).length";
        assert_eq!(browser.run(unmarked), 0, "{board}: a panel does not say what it is short of");
        assert!(browser.text("#strip").contains("取込保留 12件"), "{board}");
    }
}

#[test]
fn nothing_is_shown_before_the_first_frame_but_the_frame_s_place() {
    let server = Server::start(Notes::default(), Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    browser.goto(&server.url("/wall/today"));
    assert_eq!(faults(&browser), Vec::<String>::new());
    assert!(browser.text(".panel").contains("集計中"));
    browser.picture("today-loading-1920");
}

#[test]
fn a_kept_frame_is_shown_as_it_was_and_says_so() {
    let server = Server::start(Notes { training: true, open: false }, Clock::fixed(Day::default().now));
    let browser = Browser::open(1920, 1080);
    server.show(&Day::default());
    let then = "2026-11-14T01:05:00Z".parse().expect("a moment");
    server.keep("today", &Day { now: then, scale: 2.0, ..Day::default() });
    browser.goto(&server.url("/wall/today?at=2026-11-14T10:05"));
    assert_eq!(faults(&browser), Vec::<String>::new());
    assert!(browser.text(".replayed").contains("2026-11-14 10:05 に表示していた図"));
    assert_eq!(browser.text("#today-1 .digits"), "84");
    browser.picture("today-kept-1920");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.goto(&server.url("/wall/trend?at=2026-11-14T10:05"));
    assert!(browser.text(".error").contains("保存されていません"));
    browser.picture("error-1920");
}

#[test]
fn every_character_has_a_glyph() {
    let server = Server::start(Notes { training: true, open: true }, Clock::fixed(Day::default().now));
    let mut lacking = std::collections::BTreeMap::new();
    for (state, day) in states() {
        server.show(&day);
        for board in server.catalog.boards.keys() {
            let url = server.url(&format!("/wall/{board}"));
            let page = ureq::get(&url).call().expect("a page").body_mut().read_to_string().expect("text");
            for c in hinomi::draw::font::missing(&page) {
                lacking.entry(c).or_insert_with(|| format!("{board} {state}"));
            }
        }
    }
    lacking.remove(&'\n');
    assert!(lacking.is_empty(), "{lacking:?}");
}
