// What the page can do beyond links and forms: suggestions, choosing a period by dragging, keys. All of it works without.
"use strict";

suggestions(document.getElementById("q"));
for (const bars of document.querySelectorAll(".bars")) periods(bars);
keys();

// A combobox (ARIA 1.2) that completes the word before the cursor. Arrow keys put a suggestion into the box, Enter then
// searches for it as for anything typed, Escape brings back what was typed.
function suggestions(input) {
  const status = document.getElementById("suggested");
  const form = input.form;
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  input.closest(".box").append(list);
  const is = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" };
  for (const [name, value] of Object.entries(is)) input.setAttribute(name, value);

  const known = new Map(); // what was asked for before, with its answer
  let typed = null; // what was typed, and where the word is that is being completed
  let chosen = -1;
  let waiting = null;
  let asking = null;

  function word() {
    const before = input.value.slice(0, input.selectionStart);
    const found = before.match(/[\p{Script=Han}·]{1,12}$|[a-z0-9'+.#]{1,24}$/iu);
    return found && { text: input.value, start: before.length - found[0].length, end: before.length };
  }

  async function ask(prefix) {
    if (!known.has(prefix)) {
      asking = new AbortController();
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(prefix)}&limit=8`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return [];
      known.set(prefix, await answer.json());
    }
    return known.get(prefix);
  }

  async function show() {
    asking?.abort();
    const at = word();
    if (!at) return close();
    try {
      let found = await ask(at.text.slice(at.start, at.end));
      // Chinese is written without spaces: the last two characters may be the word.
      if (!found.length && at.end - at.start > 2) found = await ask(at.text.slice((at.start = at.end - 2), at.end));
      if (document.activeElement === input && input.value === at.text) open(at, found);
    } catch (error) {
      if (error.name !== "AbortError") close(); // without a network there are no suggestions
    }
  }

  function open(at, found) {
    typed = at;
    chosen = -1;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!!found.length));
    input.removeAttribute("aria-activedescendant");
    const said = found.length === 1 ? input.dataset.one : found.length ? input.dataset.many : input.dataset.none;
    status.textContent = said.replace("{count}", found.length);
  }

  function option(suggestion, number) {
    const item = document.createElement("li");
    item.id = `suggestion-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.lang = "zh";
    text.textContent = suggestion.text;
    const count = document.createElement("span");
    count.className = "count";
    count.textContent = suggestion.articles.toLocaleString(document.documentElement.lang);
    item.append(text, count);
    return item;
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    status.textContent = "";
  }

  function choose(number) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = number;
    const item = list.children[chosen];
    const put = item ? item.firstChild.textContent : typed.text.slice(typed.start, typed.end);
    input.value = typed.text.slice(0, typed.start) + put + typed.text.slice(typed.end);
    input.setSelectionRange(typed.start + put.length, typed.start + put.length);
    if (item) {
      item.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", item.id);
    } else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return; // what an input method shows is not typed yet
    clearTimeout(waiting);
    waiting = setTimeout(show, 80); // ms
  });
  input.addEventListener("compositionend", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      const rows = list.children.length + 1; // the last is what was typed
      choose(((chosen + rows + step + 1) % rows) - 1);
    } else if (step === 1) {
      event.preventDefault();
      show();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      choose(-1);
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    choose([...list.children].indexOf(item));
    form.requestSubmit();
  });
}

// The bars of a timeline are links. A period of several is chosen by dragging over them, or by Shift and the arrow keys.
function periods(list) {
  const bars = [...list.children];
  const said = list.parentElement.querySelector(".said");
  const links = bars.map((bar) => bar.querySelector("a"));
  let from = -1;
  let to = -1;
  let dragging = false;
  said.textContent = list.dataset.help;
  said.setAttribute("aria-live", "polite"); // from now on

  const at = (x) => {
    const { left, width } = list.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((x - left) / width) * bars.length)));
  };
  const ends = () => [Math.min(from, to), Math.max(from, to)];

  function mark() {
    const [low, high] = ends();
    bars.forEach((bar, number) => bar.classList.toggle("chosen", from >= 0 && low <= number && number <= high));
    if (from < 0) said.textContent = list.dataset.help;
    else say(low, high);
  }

  function say(low, high) {
    const articles = bars.slice(low, high + 1).reduce((sum, bar) => sum + Number(bar.dataset.articles), 0);
    const period = [...new Set([bars[low].dataset.from, bars[high].dataset.to])].join(" – ");
    said.textContent = list.dataset.said
      .replace("{period}", period)
      .replace("{articles}", articles.toLocaleString(document.documentElement.lang));
  }

  function go() {
    const [low, high] = ends();
    const address = new URL(list.dataset.page, location.href);
    address.searchParams.set("since", bars[low].dataset.first);
    address.searchParams.set("until", bars[high].dataset.last);
    location.assign(address);
  }

  function forget() {
    from = to = -1;
    dragging = false;
    mark();
  }

  list.addEventListener("dragstart", (event) => event.preventDefault()); // of a link
  list.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    from = to = at(event.clientX);
  });
  list.addEventListener("pointermove", (event) => {
    const here = at(event.clientX);
    if (from < 0) return say(here, here);
    if (!dragging && here === from) return;
    if (!dragging) list.setPointerCapture(event.pointerId);
    dragging = true;
    to = here;
    mark();
  });
  list.addEventListener("pointerup", () => {
    if (dragging) go();
    else forget();
  });
  list.addEventListener("pointercancel", forget); // the browser scrolls instead
  list.addEventListener("pointerleave", () => dragging || forget());
  list.addEventListener("click", (event) => dragging && event.preventDefault());

  const linked = links.filter(Boolean);
  const enter = (link) => linked.forEach((each) => (each.tabIndex = each === link ? 0 : -1));
  enter(linked[0]);
  list.addEventListener("focusin", (event) => {
    const number = links.indexOf(event.target);
    if (number < 0) return;
    enter(event.target);
    if (from >= 0) return;
    say(number, number);
    if (event.target.matches(":focus-visible")) said.textContent += ` · ${list.dataset.keys}`;
  });
  list.addEventListener("focusout", () => dragging || forget());
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    const number = links.indexOf(document.activeElement);
    if (step && number >= 0) {
      event.preventDefault();
      const place = linked.indexOf(links[number]);
      const next = linked[Math.max(0, Math.min(linked.length - 1, place + step))];
      const start = event.shiftKey ? (from < 0 ? number : from) : -1;
      next.focus(); // which forgets what was chosen
      from = start;
      to = start < 0 ? -1 : links.indexOf(next);
      if (start >= 0) mark();
    } else if (event.key === "Enter" && from >= 0) {
      event.preventDefault();
      go();
    } else if (event.key === "Escape") forget();
  });
}

// Single keys, for those who want them: never while something is typed, and they can be switched off.
function keys() {
  const hits = [...document.querySelectorAll(".hit h2 a")];
  const marks = [...document.querySelectorAll(".body mark")];
  const line = document.querySelector(".keys");
  const toggle = document.getElementById("keys");
  const told = () => toggle.setAttribute("aria-pressed", String(kept("keys") !== "off"));
  line.hidden = false;
  told();
  toggle.addEventListener("click", () => {
    kept("keys", kept("keys") === "off" ? "on" : "off");
    told();
  });

  // Whoever comes back to a list is where they left it.
  addEventListener("pageshow", () => hits[Number(history.state?.hit ?? NaN)]?.focus({ preventScroll: true }));
  hits.forEach((link, number) =>
    link.addEventListener("click", () => {
      history.replaceState({ hit: number }, "");
      kept("opened", link.href);
    }),
  );
  const back = document.querySelector(".back a");
  if (back && kept("opened") === location.href) history.replaceState({ opened: true }, "");
  kept("opened", "");
  back?.addEventListener("click", (event) => {
    if (!history.state?.opened) return;
    event.preventDefault();
    history.back(); // to the list as it was, not to a new one
  });

  marks.forEach((mark) => (mark.tabIndex = -1));
  const step = (items, by) => {
    const here = items.indexOf(document.activeElement);
    const next = items[here < 0 ? (by > 0 ? 0 : -1) : here + by];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: items === marks ? "center" : "nearest" });
  };
  const follow = (selector) => document.querySelector(selector)?.click();
  const does = {
    "/": () => document.getElementById("q").select(),
    j: () => step(hits.length ? hits : marks, 1),
    k: () => step(hits.length ? hits : marks, -1),
    n: () => follow('.pages [rel="next"]'),
    p: () => follow('.pages [rel="prev"]'),
    u: () => follow(".back a"),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (typing || modified || kept("keys") === "off" || !Object.hasOwn(does, event.key)) return;
    event.preventDefault();
    does[event.key]();
  });
}

// What this tab keeps under a name, after giving it a value if there is one.
function kept(name, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(name, value);
    return sessionStorage.getItem(name);
  } catch {
    return null; // from a browser that keeps nothing
  }
}
