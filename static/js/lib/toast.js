// Short notices that stay long enough to be read, never take the focus, and wait while pointed at.
import { say, sayNow } from "./say.js";
import { word } from "./words.js";

const STAYS = 10_000;
const UNDO_STAYS = 20_000;

// `undo` is {url, fields}: what to post to take it back. The newest one answers to the key z.
export function toast(text, { kind = "info", undo = null } = {}) {
  const box = document.createElement("div");
  box.className = `toast ${kind}`;
  box.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (undo) box.append(undoer(undo, box));
  document.getElementById("toasts").append(box);
  settle(box);
}

export function settleAll() {
  document.querySelectorAll("[data-toast]:not([data-settled])").forEach(settle);
}

function settle(box) {
  box.dataset.settled = "";
  const words = box.querySelector("span")?.textContent.trim() ?? "";
  const isError = box.classList.contains("error");
  (isError ? sayNow : say)(words);
  box.append(closer(box));
  if (isError) return;
  const undo = box.querySelector("[data-undo]");
  const stays = undo ? Number(undo.dataset.seconds) * 1000 || UNDO_STAYS : STAYS;
  let timer = setTimeout(() => box.remove(), stays);
  const wait = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => box.remove(), STAYS / 2));
  box.addEventListener("pointerenter", wait);
  box.addEventListener("pointerleave", go);
  box.addEventListener("focusin", wait);
  box.addEventListener("focusout", go);
}

function undoer({ url, fields, seconds = 0 }, box) {
  document.querySelectorAll("[data-undo]").forEach((old) => old.removeAttribute("data-key"));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small";
  button.dataset.undo = "";
  button.dataset.seconds = seconds;
  button.dataset.key = "z";
  button.textContent = word("undo");
  button.addEventListener("click", () => {
    box.remove();
    window.htmx.ajax("POST", url, { values: fields, swap: "none" });
  });
  return button;
}

function closer(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn plain small";
  button.textContent = word("close");
  button.addEventListener("click", () => box.remove());
  return button;
}
