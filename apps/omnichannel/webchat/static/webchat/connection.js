/* A socket that comes back by itself; where sockets are refused, the same words go by plain requests. */

const PAUSES_S = [0.3, 1, 2, 4, 8, 15, 30];
const GREETING_MS = 6000; // an open socket that does not answer is no connection
const POLL_MS = 3000; // answers are at most this late without a socket
const FAILURES_BEFORE_POLLING = 2;

export class Connection extends EventTarget {
  #socket; #failures = 0; #timer; #greeting; #poll; #isPolling = false; #asking = false;

  /* hello(): the first words on every new socket. */
  constructor({ socketAddress, address, hello, headers }) {
    super();
    Object.assign(this, { socketAddress, address, hello, headers });
    addEventListener("online", () => this.wake());
    addEventListener("focus", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    addEventListener("pagehide", () => this.#socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
  }

  get isLive() {
    return this.#socket?.readyState === WebSocket.OPEN && !this.#greeting;
  }

  get isUp() {
    return this.isLive || this.#isPolling;
  }

  open() {
    clearTimeout(this.#timer);
    const socket = (this.#socket = new WebSocket(this.socketAddress));
    this.#greeting = setTimeout(() => socket.close(), GREETING_MS);
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = (event) => this.#heard(JSON.parse(event.data));
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  /* The network may have changed: look at once instead of at the next pause. */
  wake() {
    if (this.isLive) this.send(this.hello());
    else if (this.#socket?.readyState !== WebSocket.CONNECTING) this.open();
    if (this.#isPolling) this.poll();
  }

  /* False when there is no socket to carry it. */
  send(message) {
    if (!this.isLive) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /* A message by plain request; the answer has the shape the socket would have sent. What stands before our server (a
     proxy, a limit of size) refuses in its own words. Throws when there was no answer worth believing. `go` carries it
     as fetch does. */
  async post(body, name, go = fetch) {
    const isForm = body instanceof FormData;
    const response = await go(this.address, {
      method: "POST",
      body: isForm ? body : JSON.stringify(body),
      headers: { Accept: "application/json", ...(isForm ? {} : { "Content-Type": "application/json" }), ...this.headers() },
    });
    const isFinal = response.ok || (response.status >= 400 && response.status < 500 && response.status !== 408);
    if (!isFinal) throw new Error(response.status);
    const answer = await response.json().catch(() => ({}));
    this.#tell("heard", answer.t ? answer : { t: "refused", id: name, text: answer.message || "" });
  }

  async poll() {
    clearTimeout(this.#poll);
    if (this.isLive || this.#asking) return;
    this.#asking = true;
    try {
      const { after, conversation, read } = this.hello();
      const query = new URLSearchParams({ after, conversation: conversation || "", read: read || 0 });
      const response = await fetch(`${this.address}?${query}`, { headers: { Accept: "application/json", ...this.headers() } });
      if (!response.ok) throw new Error(response.status);
      const body = await response.json();
      this.#setPolling(true);
      this.#tell("heard", body);
    } catch {
      this.#setPolling(false);
    } finally {
      this.#asking = false;
      if (!this.isLive) this.#poll = setTimeout(() => this.poll(), POLL_MS);
    }
  }

  #heard(message) {
    if (message.t === "welcome") {
      clearTimeout(this.#greeting);
      this.#greeting = 0;
      this.#failures = 0;
      clearTimeout(this.#poll);
      this.#isPolling = false;
    }
    this.#tell("heard", message);
    if (message.t === "welcome") this.#tell("change");
  }

  #lost() {
    clearTimeout(this.#greeting);
    this.#greeting = 0;
    const pause = PAUSES_S[Math.min(this.#failures, PAUSES_S.length - 1)];
    this.#failures += 1;
    this.#timer = setTimeout(() => this.open(), pause * 1000 * (0.75 + Math.random() / 2));
    if (this.#failures >= FAILURES_BEFORE_POLLING) this.poll();
    this.#tell("change");
  }

  #setPolling(yes) {
    if (this.#isPolling === yes) return;
    this.#isPolling = yes;
    this.#tell("change");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
