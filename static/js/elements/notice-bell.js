// The bell in the top bar: its number is fetched when the page has settled, and again when something comes.
import { spaced } from "../lib/debounce.js";
import { desk } from "../lib/socket.js";
import { fetchPieces, morphPieces } from "../lib/swaps.js";

const REST = 3000;

customElements.define(
  "notice-bell",
  class extends HTMLElement {
    connectedCallback() {
      this.abort = new AbortController();
      this.look = spaced(() => this.fetch(), REST);
      for (const name of ["notice.written", "back"]) desk.addEventListener(name, this.look, { signal: this.abort.signal });
      requestIdleCallback(() => this.fetch(), { timeout: 2000 });
    }

    disconnectedCallback() {
      this.abort.abort();
    }

    async fetch() {
      const link = this.querySelector("a");
      if (!link || !navigator.onLine) return;
      try {
        morphPieces(await fetchPieces(`${link.pathname}bell/`));
      } catch {
        // The next bell or the next page asks again.
      }
    }
  },
);
