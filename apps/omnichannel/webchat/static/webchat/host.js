/* The page around the frame: one known origin, a few plain words in each direction. */

const KNOWN = ["opened", "closed", "page", "identify", "logout", "language"];

export class Host extends EventTarget {
  #origin;

  /* origin: what the server allowed and the frame was opened for; empty on a page of our own. */
  constructor(origin) {
    super();
    this.#origin = parent === window ? "" : origin;
    this.isOpen = !this.#origin;
    if (!this.#origin) return;
    addEventListener("message", (event) => {
      if (event.origin !== this.#origin || event.source !== parent || event.data?.acudo !== 1) return;
      const { t } = event.data;
      if (!KNOWN.includes(t)) return;
      if (t === "opened" || t === "closed") this.isOpen = t === "opened";
      this.dispatchEvent(new CustomEvent(t, { detail: event.data }));
    });
  }

  get isThere() {
    return Boolean(this.#origin);
  }

  say(t, more = {}) {
    if (this.#origin) parent.postMessage({ acudo: 1, t, ...more }, this.#origin);
  }
}
