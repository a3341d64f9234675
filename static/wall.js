// A wall display: puts newer parts in place of older ones, turns boards and pages over, and says
// when nothing comes any more. No dependency; one timer; keeps nothing that grows.
"use strict";
(() => {
  const body = document.body;
  const set = body.dataset;
  if (!set.boards) return; // a kept frame does not change

  const boards = set.boards.split(",");
  const rotate = set.rotate.split(",").map((s) => Math.max(5, Number(s)) * 1000);
  const heartbeat = Number(set.heartbeat) * 1000;
  const stale = Number(set.stale) * 1000;
  const PAGE = 10000; // a page of a long table
  const MARKED = 10000; // a number that changed
  const LONGEST_WAIT = 30000;

  const $ = (id) => document.getElementById(id);
  const since = () => performance.now();
  const put = (node, value) => {
    if (node && node.textContent !== value) node.textContent = value;
  };
  const text = (id, value) => put($(id), value);

  // ---- time: the server's, so that every display shows the same minute ----

  let ahead = Number(set.now) - Date.now();
  const JST = { timeZone: "Asia/Tokyo" };
  const clock = new Intl.DateTimeFormat("ja-JP", { ...JST, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { ...JST, era: "long", year: "numeric", month: "numeric", day: "numeric" });
  const weekday = new Intl.DateTimeFormat("ja-JP", { ...JST, weekday: "short" });
  const date = new Intl.DateTimeFormat("sv-SE", { ...JST, year: "numeric", month: "2-digit", day: "2-digit" });
  const hour = new Intl.DateTimeFormat("en-GB", { ...JST, hour: "2-digit", hourCycle: "h23" });

  function day(now) {
    const part = {};
    for (const { type, value } of era.formatToParts(now)) part[type] = value;
    return `${part.era}${part.year}年${part.month}月${part.day}日(${weekday.format(now)})`;
  }

  let minute = -1;
  function time() {
    const now = Date.now() + ahead;
    if (Math.floor(now / 60000) === minute) return;
    minute = Math.floor(now / 60000);
    text("clock", clock.format(now));
    text("day", day(now));
    set.shift = String(Number(hour.format(now)) % 8);
  }

  // ---- parts of the page ----

  const last = new Map(); // id → its markup, to leave alone what did not change
  const template = document.createElement("template");

  function swap(id, markup) {
    if (last.get(id) === markup) return;
    const old = $(id);
    if (!old) return;
    const first = !last.has(id);
    last.set(id, markup);
    template.innerHTML = markup;
    const fresh = template.content.firstElementChild;
    if (!fresh) return;
    if (!first) mark(old, fresh);
    if (old.dataset.board) fresh.hidden = old.hidden;
    old.replaceWith(fresh);
    template.innerHTML = "";
  }

  // Numbers are told apart by data-n; one that changed is marked, one marked before stays so for its time.
  function mark(old, fresh) {
    const before = new Map();
    for (const node of old.querySelectorAll("[data-n]")) before.set(node.dataset.n, node);
    for (const node of fresh.querySelectorAll("[data-n]")) {
      const was = before.get(node.dataset.n);
      if (!was) continue;
      if (was.textContent !== node.textContent) node.dataset.at = String(since());
      else if (was.dataset.at) node.dataset.at = was.dataset.at;
      if (node.dataset.at) node.classList.add("changed");
    }
  }

  function unmark() {
    const now = since();
    for (const node of document.querySelectorAll(".changed")) {
      if (now - Number(node.dataset.at) < MARKED) continue;
      node.classList.remove("changed");
      delete node.dataset.at;
    }
  }

  // ---- boards and pages in turn ----

  let shown = 0;
  let shownSince = since();

  // A board stays until all its pages have been seen.
  function stay() {
    const pages = [...document.querySelectorAll(`.board[data-board="${boards[shown]}"] .pages`)];
    const most = Math.max(0, ...pages.map((node) => Number(node.dataset.pages)));
    return Math.max(rotate[shown], most * PAGE);
  }

  function turn() {
    if (boards.length > 1 && since() - shownSince >= stay()) {
      shown = (shown + 1) % boards.length;
      shownSince = since();
      for (const node of document.querySelectorAll("[data-board]")) node.hidden = node.dataset.board !== boards[shown];
    }
    const page = Math.floor((since() - shownSince) / PAGE);
    for (const pages of document.querySelectorAll(".pages")) {
      const show = page % Number(pages.dataset.pages);
      let n = 0;
      for (const child of pages.children) child.hidden = n++ !== show;
    }
  }

  // ---- the line to the server ----

  let source = null;
  let heard = since();
  let heardAt = Date.now() + ahead;
  let wait = 1000;
  let retryAt = 0;

  function hear(message) {
    heard = since();
    wait = 1000;
    say(false);
    if (message.program && message.program !== set.program) {
      hang();
      location.reload();
    }
  }

  function onBeat(event) {
    const message = JSON.parse(event.data);
    ahead = message.now - Date.now();
    heardAt = message.now;
    hear(message);
  }

  function onFrame(event) {
    const message = JSON.parse(event.data);
    for (const id of Object.keys(message.panels)) swap(id, message.panels[id]);
    heardAt = Date.now() + ahead;
    turn();
    hear(message);
  }

  function hang() {
    if (source) source.close();
    source = null;
  }

  function onError() {
    // The browser's own repetition gives up after some answers: ours never does.
    hang();
    retryAt = since() + wait * (0.75 + Math.random() / 2);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function call() {
    const query = new URLSearchParams({ board: boards.join(","), theme: set.themename, heartbeat: set.heartbeat });
    source = new EventSource(`/events?${query}`);
    source.addEventListener("beat", onBeat);
    source.addEventListener("frame", onFrame);
    source.addEventListener("error", onError);
    retryAt = Infinity;
  }

  let calledAt = 0;
  function line() {
    const now = since();
    if (source && now - Math.max(heard, calledAt) > 2 * heartbeat + 5000) onError(); // a cut cable says nothing
    if (!source && now >= retryAt) {
      calledAt = now;
      call();
    }
    say(now - heard > stale);
  }

  // Nothing comes any more: all that is shown is old, and what the header and the strip say of now is not known.
  function say(gone) {
    if (gone) for (const node of document.querySelectorAll(".gone-since")) put(node, lastHeard());
    if (gone === body.classList.contains("stale")) return;
    body.classList.toggle("stale", gone);
    for (const id of ["gone", "strip-gone", "systems-gone"]) if ($(id)) $(id).hidden = !gone;
  }

  // The time; the day too once that is another one, with its year.
  function lastHeard() {
    const then = date.format(heardAt);
    return then === date.format(Date.now() + ahead) ? clock.format(heardAt) : `${then} ${clock.format(heardAt)}`;
  }

  function tick() {
    time();
    turn();
    unmark();
    line();
  }

  call();
  calledAt = since();
  tick();
  setInterval(tick, 1000);
})();
