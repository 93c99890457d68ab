// The shortcut table. Letters work outside fields only, and may be switched off (WCAG 2.1.4).
const GO = { i: "/desk/", m: "/desk/inbox/mine/", u: "/desk/inbox/unassigned/", n: "/desk/inbox/mentions/", d: "/desk/inbox/drafts/", s: "/desk/inbox/snoozed/", p: "/desk/people/", k: "/desk/kb/", r: "/desk/reports/" };
const CHORD = 1200;
const PANES = [".rail", ".views", "#list", "#conversation", "#composer", "#details", "#toasts"];
const DOORS = { t: "phone", c: "counter" };
let chord = 0;
let leaving = 0;

export function start() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const act = always(event) ?? letters(event);
    if (act && act() !== false) event.preventDefault();
  });
  document.querySelector("[data-keyhelp]")?.addEventListener("click", () => show("keyhelp"));
  document.querySelector("[data-palette]")?.addEventListener("click", () => show("palette"));
}

export function show(id) {
  const dialog = document.getElementById(id);
  if (dialog && !document.querySelector("dialog[open]")) dialog.showModal();
}

function always(event) {
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl && event.key.toLowerCase() === "k") return () => show("palette");
  if (ctrl && event.key === "Enter") return () => send(event.target);
  if (ctrl && event.key === ".") return () => ask("switch-kind");
  if (event.key === "F6") return () => nextPane(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") return () => escape(event);
}

function send(target) {
  const button = [...(target.closest("form")?.querySelectorAll("[data-send]") ?? [])].find((b) => b.checkVisibility());
  return button ? button.click() : false;
}

function letters(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.shortcuts === "off" || inField(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key;
  if (Date.now() - chord < CHORD && GO[key]) return () => (location.href = GO[key]);
  const pinned = Date.now() - chord < CHORD && /^[1-9]$/.test(key) && document.querySelector(`[data-pin="${key}"]`);
  if (pinned) return () => (location.href = pinned.href);
  chord = 0;
  if (key === "g") return () => (chord = Date.now());
  if (key === "/") return () => document.querySelector("[data-search]")?.focus();
  if (key === "?") return () => show("keyhelp");
  // The second key of "c t" and "c c" may come before the page of the first is there; there it presses the choice.
  if (Date.now() - leaving < CHORD && DOORS[key]) return () => (location.href = `/desk/new/?via=${DOORS[key]}`);
  if (key === "c") return () => press("c") !== false || newTicket();
  if (key === "Enter") return; // links and buttons keep their Enter
  if (key.length === 1) return () => ask(key) || press(key);
}

function newTicket() {
  leaving = Date.now();
  location.href = "/desk/new/";
}

// The list and the answer box answer for themselves; they cancel the event when they have acted.
function ask(key) {
  return !dispatchEvent(new CustomEvent("desk:key", { detail: key, cancelable: true }));
}

// Everything else on the page says which letter presses it: data-key="s"; and where one writes then: data-then="id".
function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(isAtHand).at(-1);
  if (!found) return false;
  window.htmx?.process(found.closest("form") ?? found); // a key may come before what was just swapped in has settled
  found.click();
  if (found.dataset.then) document.getElementById(found.dataset.then).focus();
  if (found.tagName === "SUMMARY") setTimeout(() => found.parentElement.querySelector(".pop-panel :is(button, input, select, a):not([type=hidden])")?.focus());
}

// Seen, or one click away in a menu that is seen.
export function isAtHand(element) {
  return element.checkVisibility() || Boolean(element.closest("details.pop:not([open])")?.checkVisibility());
}

function escape(event) {
  if (document.querySelector("dialog[open]")) return false;
  const open = document.querySelector("details.pop[open]");
  if (open) return closePop(open);
  if (inField(event.target)) return event.target.blur();
  return ask("Escape");
}

function closePop(details) {
  details.open = false;
  details.querySelector("summary").focus();
}

function nextPane(step) {
  const panes = PANES.map((s) => document.querySelector(s)).filter((e) => e?.checkVisibility());
  const here = panes.findLastIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(here + step + panes.length) % panes.length];
  (pane.querySelector(":is(a[aria-current], [tabindex='0'], textarea, a, button, input):not([tabindex='-1'])") ?? pane).focus();
}

function inField(element) {
  return element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=combobox]");
}
