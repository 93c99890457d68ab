// How others see one: available, busy, away. While keys and pointer are used, a sign of life goes out once a minute.
import { desk } from "../lib/socket.js";
import { fetchPieces, morphPieces } from "../lib/swaps.js";

const SIGN_EVERY = 60_000;

customElements.define(
  "presence-switch",
  class extends HTMLElement {
    connectedCallback() {
      this.abort = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.abort.signal, passive: true });
      for (const name of ["pointerdown", "keydown", "scroll"]) on(document, name, () => this.sign());
      on(desk, "back", () => this.show());
      this.addEventListener("submit", (event) => this.choose(event), { signal: this.abort.signal });
      requestIdleCallback(() => this.show().then(() => this.sign()), { timeout: 2000 });
    }

    disconnectedCallback() {
      this.abort.abort();
    }

    get token() {
      return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
    }

    async show() {
      try {
        morphPieces(await fetchPieces("/desk/me/presence/switch/"));
      } catch {
        // Shown again when the connection is back.
      }
    }

    async send(data) {
      const headers = { "HX-Request": "true", "X-CSRFToken": this.token };
      try {
        const answer = await fetch("/desk/me/presence/", { method: "POST", body: data, headers });
        if (answer.ok) morphPieces(await answer.text());
      } catch {
        // The next sign of life says it again.
      }
    }

    sign() {
      if (Date.now() - (this.signedAt ?? 0) < SIGN_EVERY || !navigator.onLine) return;
      this.signedAt = Date.now();
      this.send(new URLSearchParams());
    }

    choose(event) {
      event.preventDefault();
      const data = new URLSearchParams(new FormData(event.target));
      if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
      this.querySelector("details")?.removeAttribute("open");
      this.querySelector("summary")?.focus();
      this.send(data);
    }
  },
);
