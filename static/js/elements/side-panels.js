// The dialog that offers choices (assign, team, tags, snooze, article, call), and the details beside a conversation.
const DETAILS_KEY = "acudo.details";

addEventListener("click", (event) => {
  const details = event.target.closest("[data-details]");
  if (details) {
    event.preventDefault();
    toggleDetails();
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
    dialog.querySelector("[data-filter], [aria-current], .pop-item, input:not([type=hidden]), a")?.focus();
  }
  if (target.id === "conversation" || target.querySelector?.("#conversation")) opened();
});

addEventListener("input", ({ target }) => {
  if (!target.matches("[data-filter]")) return;
  const wanted = fold(target.value);
  for (const item of target.closest("dialog, .card").querySelectorAll(".pop-item")) item.hidden = !fold(item.textContent).includes(wanted);
});

addEventListener("keydown", (event) => {
  const list = event.target.closest?.("#picker");
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !by) return;
  const items = [...list.querySelectorAll(".pop-item")].filter((item) => item.checkVisibility());
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
  event.preventDefault();
});

if (localStorage.getItem(DETAILS_KEY) === "off") panes()?.setAttribute("data-details", "off");

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
