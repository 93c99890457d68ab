// A list that is worked through: one Tab stop, j/k or arrows inside, real checkboxes, and nothing that moves by itself.
import { spaced } from "../lib/debounce.js";
import { say, saySometimes } from "../lib/say.js";
import { desk } from "../lib/socket.js";
import { fetchPieces, morph } from "../lib/swaps.js";
import { word } from "../lib/words.js";

const REST = 3000; // between two looks at the server, however often the bell rings

customElements.define(
  "work-list",
  class extends HTMLElement {
    connectedCallback() {
      this.heard = spaced(() => this.look(), REST);
      this.abort = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.abort.signal });
      on(this, "keydown", (event) => this.arrows(event));
      on(this, "change", (event) => event.target.matches("[data-select]") && this.count());
      on(this, "click", (event) => this.clicked(event));
      on(window, "desk:key", (event) => this.letter(event.detail) && event.preventDefault());
      on(window, "desk:solved", () => this.next());
      on(window, "desk:refetch", this.heard);
      on(desk, "here", ({ detail }) => this.note(detail));
      on(desk, "list.changed", this.heard);
      on(desk, "ticket.changed", this.heard);
      on(desk, "back", this.heard);
      on(document, "visibilitychange", () => !document.hidden && this.missed && this.look());
      on(window, "htmx:afterSettle", (event) => event.target.id === "conversation" && this.mark());
      this.mark();
    }

    disconnectedCallback() {
      this.abort.abort();
    }

    get links() {
      return [...this.querySelectorAll("[data-row] a[data-open]")];
    }

    get here() {
      const links = this.links;
      return links.find((a) => a.closest("[data-row]").contains(document.activeElement)) ?? links.find((a) => a.ariaCurrent === "true") ?? links[0];
    }

    mark() {
      const open = document.getElementById("conversation")?.dataset.ticket;
      for (const link of this.links) {
        const is = link.closest("[data-row]").dataset.row === open;
        link.ariaCurrent = is ? "true" : null;
        link.closest("[data-row]").classList.toggle("open", is);
        if (is) link.closest("[data-row]").classList.remove("unread");
      }
      this.rove(this.here);
    }

    rove(link) {
      for (const other of this.links) other.tabIndex = other === link ? 0 : -1;
    }

    step(by) {
      const links = this.links;
      const isBegun = links.some((a) => a.ariaCurrent === "true" || a.closest("[data-row]").contains(document.activeElement));
      const to = isBegun ? links[links.indexOf(this.here) + by] : links[0];
      if (!to) return;
      this.rove(to);
      to.focus();
      to.closest("[data-row]").scrollIntoView({ block: "nearest" });
      return to;
    }

    next() {
      const open = document.getElementById("conversation")?.dataset.ticket;
      const at = this.links.findIndex((a) => a.closest("[data-row]").dataset.row === open);
      const after = at < 0 ? this.links[0] : (this.links[at + 1] ?? this.links[at - 1]);
      this.links[at]?.closest("[data-row]").remove();
      if (after) after.click();
      else location.href = this.dataset.url;
    }

    // "Ana is answering" on the row, for as long as her heartbeat comes.
    note({ ticket, who, name, mode }) {
      const place = mode === "write" && String(who) !== document.body.dataset.me && this.querySelector(`[data-row="${CSS.escape(ticket)}"] [data-row-note]`);
      if (!place) return;
      place.textContent = word("answering", { name });
      clearTimeout(place.timer);
      place.timer = setTimeout(() => (place.textContent = ""), 10_000);
    }

    arrows(event) {
      if (event.target.matches("input[type=text], select")) return;
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by && this.step(by)) event.preventDefault();
    }

    letter(key) {
      if (key === "j" || key === "k") {
        const to = this.step(key === "j" ? 1 : -1);
        if (to && document.getElementById("conversation")?.contains(document.activeElement)) to.click();
        return true;
      }
      if (key === "o") return this.here?.click(), true;
      if (key === ".") return this.querySelector("[data-show]")?.checkVisibility() ? (this.show(), true) : false;
      if (key === "Escape") return this.here?.focus(), true;
      if (key === "x") {
        const box = this.here?.closest("[data-row]").querySelector("[data-select]");
        if (box) box.click();
        return true;
      }
      return false;
    }

    clicked(event) {
      if (event.target.closest("[data-show]")) this.show();
      const all = event.target.closest("[data-select-all]");
      if (all) {
        this.querySelectorAll("[data-select]").forEach((box) => (box.checked = all.checked));
        this.count();
      }
    }

    count() {
      const n = this.querySelectorAll("[data-select]:checked").length;
      this.toggleAttribute("data-selecting", n > 0);
      const words = this.querySelector("[data-selected]");
      if (words) words.textContent = word("selected", { n });
      if (n) say(word("selected", { n }));
    }

    // Rows change in place; rows that are new wait behind a button; rows that no longer fit stay, greyed.
    async look() {
      if (document.hidden) return (this.missed = true);
      this.missed = false;
      const fresh = new DOMParser().parseFromString(await fetchPieces(this.dataset.url), "text/html");
      morph(document.getElementById("views"), fresh.getElementById("views"));
      const rows = new Map([...fresh.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
      for (const row of this.querySelectorAll("[data-row]")) {
        const now = rows.get(row.dataset.row);
        const isFull = rows.size >= 50; // beyond the first page we cannot know
        row.classList.toggle("gone", !now && !isFull);
        if (now) this.refresh(row, now);
        rows.delete(row.dataset.row);
      }
      this.waiting = [...rows.values()].filter((row) => !this.dataset.after);
      this.offer();
      this.mark();
    }

    refresh(row, now) {
      const chosen = row.querySelector("[data-select]")?.checked;
      morph(row, now);
      if (chosen) row.querySelector("[data-select]").checked = true;
    }

    offer() {
      const button = this.querySelector("[data-show]");
      const n = this.waiting.length;
      button.hidden = !n;
      button.textContent = word("new", { n });
      if (n) saySometimes("new", word("new", { n }));
    }

    show() {
      if (this.waiting?.length) location.href = this.dataset.url;
    }
  },
);
