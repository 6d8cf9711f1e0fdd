// Enhancements of the page: suggestions, choosing a period by dragging, keyboard shortcuts. The page works without them.
"use strict";

addSuggestions(document.getElementById("q"));
for (const list of document.querySelectorAll(".bars")) addPeriodSelection(list);
addShortcuts();

// A combobox (ARIA 1.2) that completes the word before the cursor. The arrow keys put a suggestion into the box, Enter
// then searches for it like for any other input, and Escape restores what the reader typed.
function addSuggestions(input) {
  const status = document.getElementById("suggested");
  const form = input.form;
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  input.closest(".box").append(list);
  const attributes = {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "suggestions",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  const cache = new Map(); // suggestions by prefix
  let typed = null; // the typed text, with the start and end of the word to complete
  let selected = -1;
  let timer = null;
  let controller = null; // aborts the current request

  function wordBeforeCursor() {
    const before = input.value.slice(0, input.selectionStart);
    const match = before.match(/[\p{Script=Han}·]{1,12}$|[a-z0-9'+.#]{1,24}$/iu);
    return match && { text: input.value, start: before.length - match[0].length, end: before.length };
  }

  async function fetchSuggestions(prefix) {
    if (!cache.has(prefix)) {
      controller = new AbortController();
      const url = `${input.dataset.suggest}?q=${encodeURIComponent(prefix)}&limit=8`;
      const response = await fetch(url, { signal: controller.signal });
      if (!response.ok) return [];
      cache.set(prefix, (await response.json()).suggestions);
    }
    return cache.get(prefix);
  }

  async function show() {
    controller?.abort();
    const word = wordBeforeCursor();
    if (!word) return close();
    try {
      let suggestions = await fetchSuggestions(word.text.slice(word.start, word.end));
      // Chinese is written without spaces: the last two characters may be the word.
      if (!suggestions.length && word.end - word.start > 2) {
        word.start = word.end - 2;
        suggestions = await fetchSuggestions(word.text.slice(word.start, word.end));
      }
      if (document.activeElement === input && input.value === word.text) open(word, suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close(); // the network failed
    }
  }

  function open(word, suggestions) {
    typed = word;
    selected = -1;
    list.replaceChildren(...suggestions.map(makeOption));
    list.hidden = !suggestions.length;
    input.setAttribute("aria-expanded", String(!!suggestions.length));
    input.removeAttribute("aria-activedescendant");
    const { one, many, none } = input.dataset;
    const message = suggestions.length === 1 ? one : suggestions.length ? many : none;
    status.textContent = message.replace("{count}", suggestions.length);
  }

  function makeOption(suggestion, index) {
    const item = document.createElement("li");
    item.id = `suggestion-${index}`;
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
    clearTimeout(timer);
    controller?.abort();
    list.hidden = true;
    selected = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    status.textContent = "";
  }

  // Index -1 selects no suggestion, which restores the typed text.
  function select(index) {
    list.children[selected]?.setAttribute("aria-selected", "false");
    selected = index;
    const item = list.children[selected];
    const word = item ? item.firstChild.textContent : typed.text.slice(typed.start, typed.end);
    input.value = typed.text.slice(0, typed.start) + word + typed.text.slice(typed.end);
    input.setSelectionRange(typed.start + word.length, typed.start + word.length);
    if (item) {
      item.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", item.id);
    } else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return; // the input method has not committed the text yet
    clearTimeout(timer);
    timer = setTimeout(show, 80); // ms
  });
  input.addEventListener("compositionend", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      const rows = list.children.length + 1; // the last row is the typed text
      select(((selected + rows + step + 1) % rows) - 1);
    } else if (step === 1) {
      event.preventDefault();
      show();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      select(-1);
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    select([...list.children].indexOf(item));
    form.requestSubmit();
  });
}

// The bars of a timeline are links. Dragging over several, or Shift and the arrow keys, selects the period they cover.
function addPeriodSelection(list) {
  const bars = [...list.children];
  const status = list.parentElement.querySelector(".status");
  const links = bars.map((bar) => bar.querySelector("a"));
  let from = -1; // index of the bar where the selection began; -1 without a selection
  let to = -1;
  let dragging = false;
  status.textContent = list.dataset.help;
  status.setAttribute("aria-live", "polite"); // set after the text, so that screen readers announce only later changes

  const barAt = (x) => {
    const { left, width } = list.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((x - left) / width) * bars.length)));
  };
  const selection = () => [Math.min(from, to), Math.max(from, to)];

  function showSelection() {
    const [low, high] = selection();
    bars.forEach((bar, index) => bar.classList.toggle("selected", from >= 0 && low <= index && index <= high));
    if (from < 0) status.textContent = list.dataset.help;
    else showStatus(low, high);
  }

  function showStatus(low, high) {
    const articles = bars.slice(low, high + 1).reduce((sum, bar) => sum + Number(bar.dataset.articles), 0);
    const period = [...new Set([bars[low].dataset.from, bars[high].dataset.to])].join(" – ");
    status.textContent = list.dataset.status
      .replace("{period}", period)
      .replace("{articles}", articles.toLocaleString(document.documentElement.lang));
  }

  function openSelection() {
    const [low, high] = selection();
    const url = new URL(list.dataset.url, location.href);
    url.searchParams.set("since", bars[low].dataset.first);
    url.searchParams.set("until", bars[high].dataset.last);
    location.assign(url);
  }

  function clearSelection() {
    from = to = -1;
    dragging = false;
    showSelection();
  }

  list.addEventListener("dragstart", (event) => event.preventDefault()); // browsers drag links otherwise
  list.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    from = to = barAt(event.clientX);
  });
  list.addEventListener("pointermove", (event) => {
    const index = barAt(event.clientX);
    if (from < 0) return showStatus(index, index);
    if (!dragging && index === from) return;
    if (!dragging) list.setPointerCapture(event.pointerId);
    dragging = true;
    to = index;
    showSelection();
  });
  list.addEventListener("pointerup", () => {
    if (dragging) openSelection();
    else clearSelection();
  });
  list.addEventListener("pointercancel", clearSelection); // the browser scrolls the page instead
  list.addEventListener("pointerleave", () => dragging || clearSelection());
  list.addEventListener("click", (event) => dragging && event.preventDefault());

  const nonEmpty = links.filter(Boolean); // bars without articles have no link
  const makeTabStop = (target) => nonEmpty.forEach((link) => (link.tabIndex = link === target ? 0 : -1));
  makeTabStop(nonEmpty[0]);
  list.addEventListener("focusin", (event) => {
    const index = links.indexOf(event.target);
    if (index < 0) return;
    makeTabStop(event.target);
    if (from >= 0) return;
    showStatus(index, index);
    if (event.target.matches(":focus-visible")) status.textContent += ` · ${list.dataset.keysHelp}`;
  });
  list.addEventListener("focusout", () => dragging || clearSelection());
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    const focused = links.indexOf(document.activeElement);
    if (step && focused >= 0) {
      event.preventDefault();
      const next = nonEmpty[Math.max(0, Math.min(nonEmpty.length - 1, nonEmpty.indexOf(links[focused]) + step))];
      const start = event.shiftKey ? (from < 0 ? focused : from) : -1;
      next.focus(); // its focusout event clears the selection
      from = start;
      to = start < 0 ? -1 : links.indexOf(next);
      if (start >= 0) showSelection();
    } else if (event.key === "Enter" && from >= 0) {
      event.preventDefault();
      openSelection();
    } else if (event.key === "Escape") clearSelection();
  });
}

// Single-key shortcuts. They are off while the reader types, and a button turns them off for good.
function addShortcuts() {
  const hits = [...document.querySelectorAll(".hit h2 a")];
  const marks = [...document.querySelectorAll(".body mark")];
  const help = document.querySelector(".keys");
  const toggle = document.getElementById("keys");
  const areOff = () => sessionValue("keys") === "off";
  const showState = () => toggle.setAttribute("aria-pressed", String(!areOff()));
  help.hidden = false;
  showState();
  toggle.addEventListener("click", () => {
    sessionValue("keys", areOff() ? "on" : "off");
    showState();
  });

  // A reader who comes back to the results finds the focus on the hit they opened.
  addEventListener("pageshow", () => hits[Number(history.state?.hit ?? NaN)]?.focus({ preventScroll: true }));
  hits.forEach((link, index) =>
    link.addEventListener("click", () => {
      history.replaceState({ hit: index }, "");
      sessionValue("opened", link.href);
    }),
  );
  const back = document.querySelector(".back a");
  if (back && sessionValue("opened") === location.href) history.replaceState({ opened: true }, "");
  sessionValue("opened", "");
  back?.addEventListener("click", (event) => {
    if (!history.state?.opened) return;
    event.preventDefault();
    history.back(); // keeps the scroll position, unlike the link
  });

  marks.forEach((mark) => (mark.tabIndex = -1));
  const moveFocus = (items, step) => {
    const current = items.indexOf(document.activeElement);
    const next = items[current < 0 ? (step > 0 ? 0 : -1) : current + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: items === marks ? "center" : "nearest" });
  };
  const follow = (selector) => document.querySelector(selector)?.click();
  const shortcuts = {
    "/": () => document.getElementById("q").select(),
    j: () => moveFocus(hits.length ? hits : marks, 1),
    k: () => moveFocus(hits.length ? hits : marks, -1),
    n: () => follow('.pages [rel="next"]'),
    p: () => follow('.pages [rel="prev"]'),
    u: () => follow(".back a"),
  };
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isModified = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (isTyping || isModified || areOff() || !Object.hasOwn(shortcuts, event.key)) return;
    event.preventDefault();
    shortcuts[event.key]();
  });
}

// Returns a value of this tab's session storage, after setting it if `value` is given.
function sessionValue(name, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(name, value);
    return sessionStorage.getItem(name);
  } catch {
    return null; // the browser blocks storage
  }
}
