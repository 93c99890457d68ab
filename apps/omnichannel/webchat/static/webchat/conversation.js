/* What this browser knows of one conversation: the numbers it has seen and the messages it still owes. No page, no network. */

export class Conversation {
  #waiting = new Map();
  #store;

  constructor({ id = "", last = 0, store = null } = {}) {
    this.id = id;
    this.last = last;
    this.#store = store;
    this.outbox = JSON.parse(store?.read("outbox") || "[]");
  }

  /* The messages that may be shown now, in order. What comes too early waits for what is missing. */
  merge(conversation, messages) {
    if (conversation && conversation !== this.id) {
      this.id = conversation;
      this.last = 0;
      this.#waiting.clear();
    }
    for (const message of messages) {
      if (message.sequence > this.last) this.#waiting.set(message.sequence, message);
      this.settle(message.client_id);
    }
    const ready = [];
    while (this.#waiting.has(this.last + 1)) {
      this.last += 1;
      ready.push(this.#waiting.get(this.last));
      this.#waiting.delete(this.last);
    }
    return ready;
  }

  get hasGap() {
    return this.#waiting.size > 0;
  }

  write(message) {
    const owed = { id: newName(), ...message };
    this.outbox.push(owed);
    this.#keep();
    return owed;
  }

  settle(name) {
    const before = this.outbox.length;
    this.outbox = this.outbox.filter((owed) => owed.id !== name);
    if (this.outbox.length !== before) this.#keep();
  }

  #keep() {
    this.#store?.write("outbox", JSON.stringify(this.outbox));
  }
}

export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Storage that may be refused inside somebody else's page: then nothing outlives the window, and that is all. */
export function storeFor(key) {
  const full = (name) => `acudo:${key}:${name}`;
  return {
    read(name) { try { return sessionStorage.getItem(full(name)); } catch { return null; } },
    write(name, value) { try { sessionStorage.setItem(full(name), value); } catch { /* refused */ } },
    clear() {
      try { Object.keys(sessionStorage).filter((name) => name.startsWith(full(""))).forEach((name) => sessionStorage.removeItem(name)); } catch { /* refused */ }
    },
  };
}
