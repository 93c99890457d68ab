// Macros in the answer box: "/" at the start of a word offers them, and what one does waits for the answer it came with.
import { debounce } from "./debounce.js";
import { say } from "./say.js";
import { word } from "./words.js";

const TYPED = /(?:^|\s)\/([\p{L}\p{N}_-]{0,30})$/u;
const PAUSE = 120;

export function offerMacros(box, on) {
  const menu = box.querySelector("#macro-menu");
  const ask = debounce(() => fetchRows(box, menu), PAUSE);
  on(box.text, "input", () => {
    menu.isAsking = Boolean(typed(box));
    menu.isWanted = false;
    menu.isAsking ? ask() : close(box, menu);
  });
  on(box.text, "keydown", (event) => key(box, menu, event));
  on(box.text, "blur", () => close(box, menu));
  on(menu, "mousedown", (event) => event.preventDefault()); // the box keeps the focus
  on(menu, "click", (event) => take(box, menu, event.target.closest("[role=option]")));
  on(window, "desk:macro", ({ detail }) => put(box, detail));
  on(box, "click", (event) => event.target.closest("[data-macro-drop]") && forget(box));
}

export function forget(box) {
  const line = box.querySelector("[data-macro-line]");
  line.hidden = true;
  line.querySelector("[data-macro-id]").value = "";
}

// Words of a macro stand where the caret is; what it does is said below them.
function put(box, { id, text, will }) {
  if (box.kind !== "reply") box.letter("r");
  box.insert(text);
  remember(box, id, will);
}

function remember(box, id, will) {
  const line = box.querySelector("[data-macro-line]");
  line.querySelector("[data-macro-id]").value = id;
  line.querySelector("[data-macro-will]").textContent = will ?? "";
  line.hidden = !will;
}

function typed(box) {
  const { selectionStart: at, selectionEnd: end, value } = box.text;
  return at === end ? value.slice(0, at).match(TYPED) : null;
}

async function fetchRows(box, menu) {
  const found = typed(box);
  if (!found) return close(box, menu);
  const answer = await fetch(`${box.dataset.own}words/?q=${encodeURIComponent(found[1])}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || typed(box)?.[1] !== found[1] || document.activeElement !== box.text) return;
  const rows = [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[role=option]")];
  const { isWanted } = menu;
  menu.replaceChildren(...rows);
  if (!rows.length) {
    close(box, menu);
    if (isWanted) box.text.setRangeText("\n", box.text.selectionStart, box.text.selectionEnd, "end");
    return;
  }
  menu.isAsking = menu.isWanted = false;
  rows.forEach((row, n) => (row.id = `macro-${n}`));
  menu.hidden = false;
  box.text.setAttribute("aria-controls", menu.id);
  move(box, menu, 0);
  say(word("results", { n: rows.length }));
  if (isWanted) take(box, menu, rows[0]); // Enter came before the choices
}

function key(box, menu, event) {
  if (event.isComposing) return;
  if (menu.isAsking && event.key === "Enter" && !event.ctrlKey && !event.metaKey && typed(box)?.[1]) {
    menu.isWanted = true;
    return event.preventDefault();
  }
  if (menu.hidden) return;
  const at = [...menu.children].findIndex((row) => row.ariaSelected === "true");
  if (event.key === "ArrowDown") move(box, menu, at + 1);
  else if (event.key === "ArrowUp") move(box, menu, at - 1);
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) take(box, menu, menu.children[at]);
  else if (event.key === "Escape") close(box, menu);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function move(box, menu, to) {
  const rows = [...menu.children];
  const at = (to + rows.length) % rows.length;
  rows.forEach((row, n) => (row.ariaSelected = String(n === at)));
  box.text.setAttribute("aria-activedescendant", rows[at].id);
  rows[at].scrollIntoView({ block: "nearest" });
}

function close(box, menu) {
  menu.hidden = true;
  menu.isAsking = menu.isWanted = false;
  menu.replaceChildren();
  box.text.removeAttribute("aria-activedescendant");
}

// The "/" and what was typed after it go; in their place stand the words, or it is run at once.
function take(box, menu, row) {
  const found = typed(box);
  close(box, menu);
  if (!row || !found) return;
  const end = box.text.selectionStart;
  box.text.setRangeText("", end - found[1].length - 1, end, "end");
  const { id, text, will } = row.dataset;
  if (text === undefined) return run(box, id);
  if (box.kind !== "reply") return box.insert(text); // among colleagues they are only words
  box.text.setRangeText(text, box.text.selectionStart, box.text.selectionStart, "end");
  box.typed();
  remember(box, id, will);
}

function run(box, id) {
  box.typed();
  window.htmx.ajax("POST", `${box.dataset.own}macros/`, { values: { macro: id }, swap: "none" });
}
