// Figures that follow what happens: fetched again when the desk's bell rings and every half minute, unless paused.
import { spaced } from "../lib/debounce.js";
import { desk } from "../lib/socket.js";
import { fetchPieces, morphPieces } from "../lib/swaps.js";

const REST = 5000;
const AT_LEAST_EVERY = 30_000;

customElements.define(
  "live-page",
  class extends HTMLElement {
    connectedCallback() {
      this.abort = new AbortController();
      const { signal } = this.abort;
      this.heard = spaced(() => this.look(), REST);
      for (const name of ["list.changed", "ticket.changed", "duty.changed", "back"]) desk.addEventListener(name, this.heard, { signal });
      this.timer = setInterval(() => this.look(), AT_LEAST_EVERY);
      this.addEventListener("click", (event) => event.target.closest("[data-pause]") && this.pause(event.target.closest("[data-pause]")), { signal });
    }

    disconnectedCallback() {
      this.abort.abort();
      clearInterval(this.timer);
    }

    pause(button) {
      this.isPaused = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(this.isPaused));
      if (!this.isPaused) this.look();
    }

    async look() {
      if (this.isPaused || document.hidden || this.contains(document.activeElement?.closest("form, details[open]"))) return;
      try {
        morphPieces(await fetchPieces(location.href));
        this.removeAttribute("data-stale");
      } catch {
        this.dataset.stale = ""; // what is shown is old: the page says since when it was
      }
    }
  },
);
