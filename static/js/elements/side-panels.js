// The dialog that offers choices (assign, team, tags, snooze, article, call), and the details beside a conversation.
const DETAILS_KEY = "acudo.details";
let early = []; // keys pressed while the choices were on their way

addEventListener("click", (event) => {
  const details = event.target.closest("[data-details]");
  if (details) {
    event.preventDefault();
    toggleDetails();
  }
  const macro = event.target.closest("[data-macro]");
  if (macro) {
    event.preventDefault();
    document.getElementById("picker")?.close();
    const { macro: id, text, will } = macro.dataset;
    dispatchEvent(new CustomEvent("desk:macro", { detail: { id, text, will } }));
  }
  const insert = event.target.closest("[data-insert]");
  if (insert) {
    document.getElementById("picker")?.close();
    dispatchEvent(new CustomEvent("desk:insert", { detail: insert.dataset.insert }));
  }
});

addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "picker-body") {
    const dialog = document.getElementById("picker");
    if (!dialog.open) dialog.showModal();
    const field = dialog.querySelector("[data-filter]");
    (field ?? dialog.querySelector("[aria-current], .pop-item, input:not([type=hidden]), a"))?.focus();
    catchUp(field);
  }
  if (target.id === "conversation" || target.querySelector?.("#conversation")) opened();
});

// Whoever types before the choices are there finds them filtered by it.
addEventListener("htmx:beforeRequest", ({ detail }) => {
  const dialog = document.getElementById("picker");
  if (detail.target?.id !== "picker-body" || dialog.open) return;
  detail.target.replaceChildren();
  early = [];
  dialog.showModal();
});

addEventListener("input", ({ target }) => target.matches("[data-filter]") && filter(target));

// Names that fit come before words that fit; Enter takes the first.
function filter(field) {
  const wanted = fold(field.value);
  const items = [...field.closest("dialog, .card").querySelectorAll(".pop-item")];
  for (const item of items) item.hidden = !fold(item.textContent).includes(wanted);
  const named = items.filter((item) => item.dataset.name && fold(item.dataset.name).includes(wanted));
  if (named.length) named[0].parentElement.append(...named, ...items.filter((item) => !named.includes(item)));
}

function takeFirst(field) {
  [...field.closest("dialog, .card").querySelectorAll(".pop-item")].find((item) => !item.hidden)?.click();
}

addEventListener("keydown", (event) => {
  const list = event.target.closest?.("#picker");
  if (list && !list.querySelector("#picker-body").children.length && !event.ctrlKey && !event.metaKey) early.push(event.key);
  if (list && event.key === "Enter" && event.target.matches("[data-filter]")) {
    takeFirst(event.target);
    event.preventDefault();
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !by) return;
  const items = [...list.querySelectorAll(".pop-item")].filter((item) => item.checkVisibility());
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
  event.preventDefault();
});

if (localStorage.getItem(DETAILS_KEY) === "off") panes()?.setAttribute("data-details", "off");

function catchUp(field) {
  const keys = early;
  early = [];
  if (!field || !keys.length) return;
  field.value = keys.filter((key) => key.length === 1).join("");
  filter(field);
  if (keys.includes("Enter")) takeFirst(field);
}

function toggleDetails() {
  const work = panes();
  if (matchMedia("(max-width: 48rem)").matches) {
    work.dataset.pane = work.dataset.pane === "details" ? "conversation" : "details";
    return;
  }
  const isNarrow = matchMedia("(max-width: 87.5rem)").matches;
  const next = isNarrow ? (work.dataset.details === "on" ? "" : "on") : work.dataset.details === "off" ? "" : "off";
  work.dataset.details = next;
  if (!isNarrow) localStorage.setItem(DETAILS_KEY, next);
}

// A ticket was opened in the pane: show that pane on a phone, and fetch who it is about.
function opened() {
  const conversation = document.getElementById("conversation");
  const work = panes();
  if (!conversation?.dataset.ticket || !work) return;
  work.dataset.pane = "conversation";
  conversation.querySelector("#ticket-title")?.focus({ preventScroll: true });
  const own = conversation.querySelector("ticket-thread").dataset.own;
  window.htmx.ajax("GET", `${own}details/`, { target: "#details", swap: "innerHTML" });
}

function panes() {
  return document.getElementById("panes");
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
