// Finds people, groups and apps. Everything else on a page works without it.
"use strict";

(() => {
  const root = document.body.dataset.root;
  const box = document.getElementById("search");
  const query = document.getElementById("query");
  const list = document.getElementById("found");
  const told = document.getElementById("told");
  const MOST = 12;
  let entries = null;
  let loading = false;
  let at = -1;

  // Letters without their accents, so that "jose" finds "José".
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // The index is a script: a page that was opened from a folder may not fetch a file, but may load one.
  const load = () => {
    if (loading) return;
    loading = true;
    const script = document.createElement("script");
    script.src = root + "assets/index.js";
    script.addEventListener("load", () => {
      const entry = (title, more, kind, file) => ({ title, more, kind, file, text: plain(title + " " + more) });
      entries = [
        ...dockspaceIndex.g.map(([name, text]) => entry(name, text, "group", "groups/" + name + ".html")),
        ...dockspaceIndex.a.map(([name, id]) => entry(name, id, "app", "apps/" + id + ".html")),
        ...dockspaceIndex.p.map(([name, address, user]) =>
          entry(name, address + " " + user, "", "people/" + address + ".html")),
      ];
      show();
    });
    script.addEventListener("error", () => { loading = false; });
    document.head.append(script);
  };

  // What begins with the first word stands before what merely holds it.
  const find = () => {
    const words = plain(query.value).split(/\s+/).filter(Boolean);
    if (!entries || words.length === 0) return [];
    const rank = ({ text }) => (text.startsWith(words[0]) ? 0 : text.includes(" " + words[0]) ? 1 : 2);
    return entries
      .filter(({ text }) => words.every((word) => text.includes(word)))
      .map((entry) => [rank(entry), entry])
      .sort((a, b) => a[0] - b[0])
      .map(([, entry]) => entry);
  };

  const close = () => {
    list.hidden = true;
    at = -1;
    query.setAttribute("aria-expanded", "false");
    query.removeAttribute("aria-activedescendant");
  };

  const select = (place) => {
    const items = list.children;
    if (items.length === 0) return;
    at = (place + items.length) % items.length;
    [...items].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    query.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({ block: "nearest" });
  };

  const show = () => {
    const found = find();
    const item = (entry, index) => {
      const li = document.createElement("li");
      const more = document.createElement("span");
      li.id = "found-" + index;
      li.role = "option";
      li.dataset.file = entry.file;
      more.textContent = entry.kind ? entry.kind + " · " + entry.more : entry.more.split(" ")[0];
      li.append(entry.title, more);
      return li;
    };
    list.replaceChildren(...found.slice(0, MOST).map(item));
    const asked = query.value.trim() !== "" && entries;
    told.textContent = asked ? (found.length === 0 ? "Nothing found" : found.length + " found") : "";
    if (found.length === 0) return close();
    list.hidden = false;
    query.setAttribute("aria-expanded", "true");
    select(0);
  };

  const go = (item) => { if (item) location.href = root + item.dataset.file; };

  query.addEventListener("focus", load);
  query.addEventListener("input", () => { load(); show(); });
  query.addEventListener("blur", () => setTimeout(close, 150));
  query.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && !list.hidden) select(at + steps[event.key]);
    else if (event.key === "Enter") go(list.children[at]);
    else if (event.key === "Escape") { query.value = ""; close(); }
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    go(event.target.closest("li"));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    query.focus();
  });
  box.hidden = false;
})();
