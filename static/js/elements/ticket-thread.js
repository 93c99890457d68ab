// One open conversation: kept true by signals, never scrolled under a reader's eyes, and telling who else is here.
import { spaced } from "../lib/debounce.js";
import { desk } from "../lib/socket.js";
import { fetchPieces, morphPieces } from "../lib/swaps.js";
import { word } from "../lib/words.js";

const REST = 500;
const HERE_EVERY = 5000;
const FORGOTTEN_AFTER = 10_000; // a presence without a heartbeat

customElements.define(
  "ticket-thread",
  class extends HTMLElement {
    connectedCallback() {
      this.log = this.querySelector("[role=log]");
      this.others = new Map();
      this.fetchSoon = spaced(() => this.fetch(), REST);
      this.abort = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.abort.signal });
      const mine = (act) => (event) => String(event.detail?.id) === this.dataset.number && act(event.detail);
      on(desk, "ticket.changed", mine(() => this.fetchSoon()));
      on(desk, "here", mine((who) => this.seen(who)));
      on(desk, "back", () => this.fetchSoon());
      on(window, "desk:refetch", () => this.fetch());
      on(this, "click", (event) => event.target.closest("[data-down]") && this.down());
      on(this.log, "scroll", () => this.atEnd() && this.button(0));
      on(document, "visibilitychange", () => !document.hidden && this.tellSeen());
      desk.watch(this.dataset.ticket);
      this.beat();
      this.timer = setInterval(() => this.beat(), HERE_EVERY);
      this.known = this.count();
      document.title = this.dataset.title;
      this.down();
      this.tellSeen();
      setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300); // history first, then speak
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      this.abort.abort();
      desk.unwatch(this.dataset.ticket);
    }

    count() {
      return this.log.querySelectorAll("[data-message]").length;
    }

    atEnd() {
      return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    }

    down() {
      const mark = this.known && this.querySelector("[data-first-unread]");
      if (mark && !this.hasGone) mark.scrollIntoView({ block: "start" });
      else this.log.scrollTop = this.log.scrollHeight;
      this.hasGone = true;
      this.button(0);
    }

    async fetch() {
      const wasAtEnd = this.atEnd();
      morphPieces(await fetchPieces(this.dataset.url));
      this.settled(wasAtEnd);
      this.tellSeen();
    }

    // Reading is told apart from fetching: a GET changes nothing.
    tellSeen() {
      const message = this.querySelector("#timeline").dataset.last;
      if (document.hidden || !document.body.dataset.me || message === this.told) return;
      this.told = message;
      const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
      fetch(`${this.dataset.own}seen/`, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" }, body: new URLSearchParams({ message }) });
    }

    settled(wasAtEnd = true) {
      const n = this.count();
      const more = n - this.known;
      this.known = n;
      if (more > 0) wasAtEnd ? this.down() : this.button(more);
    }

    button(n) {
      const button = this.querySelector("[data-down]");
      button.hidden = n < 1;
      button.textContent = n ? `↓ ${word("later", { n })}` : "";
    }

    beat() {
      const box = document.querySelector("answer-box[data-writing]");
      const to = box?.kind === "reply" ? { to: "person" } : {}; // of a note the person learns nothing
      if (!document.hidden) desk.send({ t: "here", ticket: this.dataset.ticket, mode: box ? "write" : "view", ...to });
      this.forget();
    }

    seen({ who, name, mode }) {
      if (String(who) === document.body.dataset.me) return;
      this.others.set(who, { name, mode, at: Date.now() });
      this.forget();
    }

    forget() {
      for (const [who, { at }] of this.others) if (Date.now() - at > FORGOTTEN_AFTER) this.others.delete(who);
      const others = [...this.others.values()];
      const say = (mode, key) => others.filter((o) => o.mode === mode).map((o) => word(key, { name: o.name })).join(" · ");
      const writing = document.querySelector("[data-writing-note]");
      if (writing) writing.textContent = say("write", "writing");
      const looking = document.querySelector("[data-looking-note]");
      if (looking) looking.textContent = say("view", "looking");
    }
  },
);
