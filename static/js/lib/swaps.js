// What should happen around every htmx swap, in one place.
import { tick } from "./dates.js";
import { settleAll, toast } from "./toast.js";
import { word } from "./words.js";

export function start() {
  addEventListener("htmx:afterSettle", () => {
    tick();
    settleAll();
  });
  addEventListener("htmx:responseError", ({ detail }) => {
    const status = detail.xhr.status;
    const own = detail.xhr.getResponseHeader("X-Acudo-Message"); // the server's sentence, percent-encoded
    toast(status === 401 ? word("session") : own ? decodeURIComponent(own) : word("failed"), { kind: "error" });
  });
  addEventListener("desk:changed", ({ detail }) => changed(detail));
  addEventListener("desk:sent", ({ detail }) => changed(detail));
  addEventListener("htmx:sendError", () => toast(word("failed"), { kind: "error" }));
  addEventListener("htmx:beforeRequest", ({ target }) => target.closest("[data-pane]")?.setAttribute("aria-busy", "true"));
  addEventListener("htmx:afterRequest", () => document.querySelectorAll("[aria-busy]").forEach((pane) => pane.removeAttribute("aria-busy")));
}

// Something was done: say so, offer the way back, and let the panes fetch themselves.
function changed({ text, undo, solved }) {
  document.getElementById("picker")?.close();
  if (text) toast(text, { kind: "success", undo });
  dispatchEvent(new CustomEvent(solved ? "desk:solved" : "desk:refetch"));
}

// Puts fresh server pieces in the place of those with the same id; text being typed and open panels are left alone.
export function morphPieces(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  fresh.querySelectorAll("[data-piece]").forEach((piece) => morph(document.getElementById(piece.id), piece));
  tick();
  return fresh;
}

export function morph(here, piece) {
  if (!here || !piece) return;
  window.Idiomorph.morph(here, document.importNode(piece, true), {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old) => !(old instanceof HTMLElement && old.matches("iframe[src], [data-keep]")),
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
    },
  });
  window.htmx.process(here);
}

export async function fetchPieces(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Acudo-Part": "live" }, credentials: "same-origin" });
  if (answer.status === 401) toast(word("session"), { kind: "error" });
  if (!answer.ok) throw new Error(`fetch ${answer.status}`);
  return answer.text();
}
