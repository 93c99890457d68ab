// The desk's one socket: signals in, presence out. What is shown is always fetched again, never patched from a signal.

const WAITS = [1, 2, 4, 8, 15, 30].map((s) => s * 1000);
const SHOWN_AFTER = 3000; // shorter gaps are nobody's business
const PING_EVERY = 25_000;

class DeskSocket extends EventTarget {
  state = "idle"; // idle, online, reconnecting, offline
  tries = 0;
  wanted = new Set();

  start() {
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.lost());
    addEventListener("focus", () => this.state !== "online" && this.now());
    document.addEventListener("visibilitychange", () => !document.hidden && this.state !== "online" && this.now());
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.socket = new WebSocket(`${scheme}//${location.host}/ws/desk/`));
    socket.onmessage = (event) => this.heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  heard(message) {
    if (message.t === "ready") return this.ready();
    if (!message.t) return;
    this.dispatchEvent(new CustomEvent(message.t, { detail: message }));
  }

  ready() {
    const was = this.state;
    this.tries = 0;
    this.since = null;
    this.become("online");
    clearInterval(this.ping);
    this.ping = setInterval(() => this.send({ t: "ping" }), PING_EVERY);
    this.wanted.forEach((ticket) => this.send({ t: "watch", ticket }));
    if (was !== "idle") this.dispatchEvent(new CustomEvent("back")); // whatever happened meanwhile: fetch it
  }

  lost(code) {
    clearInterval(this.ping);
    clearTimeout(this.timer);
    if (code === 4401) return this.become("out");
    this.since ??= Date.now();
    const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)] * (0.75 + Math.random() / 2);
    if (!navigator.onLine || this.tries > 3) this.become("offline");
    else setTimeout(() => this.since && Date.now() - this.since >= SHOWN_AFTER && this.become("reconnecting"), SHOWN_AFTER);
    this.timer = setTimeout(() => this.open(), wait);
  }

  now() {
    if (this.socket?.readyState === WebSocket.OPEN && navigator.onLine) return;
    this.tries = 0;
    this.open();
  }

  watch(ticket) {
    this.wanted.add(ticket);
    this.send({ t: "watch", ticket });
  }

  unwatch(ticket) {
    this.wanted.delete(ticket);
    this.send({ t: "unwatch", ticket });
  }

  send(message) {
    if (this.state === "online" && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    document.documentElement.dataset.connection = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

export const desk = new DeskSocket();
