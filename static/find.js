// A list that is searched while one types. Without it the field's button does the same on the server.
"use strict";
(() => {
  const field = document.querySelector("[data-find]");
  const lists = [...document.querySelectorAll("[data-found]")];
  if (!field || !lists.length) return;
  const key = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");

  function find() {
    const words = field.value.split(/\s+/u).map(key).filter(Boolean);
    for (const list of lists) {
      let found = false;
      for (const group of list.querySelectorAll("[data-group]")) {
        let any = false;
        for (const item of group.querySelectorAll("li")) {
          const text = key(`${item.dataset.text} ${item.textContent} ${group.dataset.group}`);
          item.hidden = !words.every((word) => text.includes(word));
          any ||= !item.hidden;
        }
        group.hidden = !any;
        found ||= any;
      }
      list.querySelector(".nothing").hidden = found;
    }
  }

  field.addEventListener("input", find);
  find();
})();
