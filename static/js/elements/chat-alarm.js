// Somebody waits in the chat: rings until a colleague takes them, in one tab; marks title and icon, shows a notice.
import { desk } from "../lib/socket.js";
import { spaced } from "../lib/debounce.js";
import { sayNow } from "../lib/say.js";
import { mayPlay, play, volume } from "../lib/sound.js";
import { fetchPieces, morphPieces } from "../lib/swaps.js";

const REST = 1500;
const RING_EVERY = 4000;
const LOOK_EVERY = 20_000; // while somebody waits: they may have left
const LOOK_SELDOM = 60_000; // a bell may get lost
const NOT_ME_FOR = 180_000;

customElements.define(
  "chat-alarm",
  class extends HTMLElement {
    connectedCallback() {
      this.abort = new AbortController();
      const options = { signal: this.abort.signal };
      this.known = new Set();
      this.icon = document.querySelector("link[rel=icon]");
      this.ownIcon = this.icon.href;
      this.look = spaced(() => this.fetch(), REST);
      for (const name of ["chat.waiting", "back"]) desk.addEventListener(name, this.look, options);
      this.addEventListener("click", (event) => this.press(event), options);
      addEventListener("pointerdown", () => this.showBlocked(), { ...options, passive: true });
      requestIdleCallback(() => this.fetch(), { timeout: 2000 });
      // Tabs take turns: whoever holds the lock rings.
      if (!navigator.locks) this.isBell = true;
      else navigator.locks.request("acudo-alarm", { signal: this.abort.signal }, () => new Promise(() => { this.isBell = true; this.ring(); })).catch(() => {});
    }

    disconnectedCallback() {
      this.abort.abort();
      clearTimeout(this.again);
      clearInterval(this.ringing);
    }

    get piece() {
      return this.querySelector("#chats-waiting");
    }

    async fetch() {
      clearTimeout(this.again);
      try {
        if (!document.hidden || this.isBell) morphPieces(await fetchPieces(this.dataset.url));
        this.show();
      } catch {
        // The next bell, or the next look.
      }
      this.again = setTimeout(() => this.fetch(), Number(this.piece.dataset.total) ? LOOK_EVERY : LOOK_SELDOM);
    }

    show() {
      const total = Number(this.piece.dataset.total), waiting = [...this.querySelectorAll("[data-waiting]")];
      const plain = document.title.replace(/^\(\d+\) ● /, "");
      document.title = total ? `(${total}) ● ${plain}` : plain;
      this.icon.href = total ? this.dataset.icon : this.ownIcon;
      for (const { dataset } of waiting.filter((one) => !this.known.has(one.dataset.waiting))) this.tell(dataset.waiting);
      this.known = new Set(waiting.map((one) => one.dataset.waiting));
      waiting.forEach((one) => one.querySelector("[data-not-now]").setAttribute("aria-pressed", String(this.isDeclined(one.dataset.waiting))));
      this.ring();
      this.showBlocked();
    }

    tell(id) {
      sayNow(this.dataset.words);
      if (!document.hidden || !this.isBell || window.Notification?.permission !== "granted" || !this.piece.dataset.rings) return;
      const notice = new Notification(this.dataset.words, { tag: id, requireInteraction: true });
      notice.onclick = () => { focus(); location.assign(`/desk/t/${id}/`); };
    }

    ring() {
      const wanted = this.isBell && this.piece.dataset.rings && [...this.querySelectorAll("[data-waiting]")].some((one) => !this.isDeclined(one.dataset.waiting));
      this.toggleAttribute("data-ringing", Boolean(wanted));
      if (!wanted) {
        clearInterval(this.ringing);
        this.ringing = null;
      } else if (!this.ringing) {
        play();
        this.ringing = setInterval(() => { play(); this.showBlocked(); this.ring(); }, RING_EVERY);
      }
    }

    // Silent in this browser for a while, not for the others; who still waits then rings again.
    press({ target }) {
      const button = target.closest("[data-not-now]");
      if (!button) return;
      const id = button.closest("[data-waiting]").dataset.waiting;
      sessionStorage.setItem(`acudo:not:${id}`, this.isDeclined(id) ? 0 : Date.now() + NOT_ME_FOR);
      this.show();
    }

    isDeclined(id) {
      return Number(sessionStorage.getItem(`acudo:not:${id}`)) > Date.now();
    }

    async showBlocked() {
      const isWanted = Number(this.piece.dataset.total) > 0 && this.isBell;
      this.querySelector("[data-blocked]").hidden = !isWanted || (await mayPlay());
      this.querySelector("[data-silent]").hidden = !isWanted || volume() > 0;
    }
  },
);
