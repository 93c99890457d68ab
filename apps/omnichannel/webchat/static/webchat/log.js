/* The list of messages on the page. Text goes in as text, never as markup. */

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const NEAR_END_PX = 80;

export class Log {
  #box; #list; #patterns; #newer; #unseen = 0; #words; #time;

  constructor({ box, list, newer, patterns, words, lang, zone }) {
    this.#box = box;
    this.#list = list;
    this.#newer = newer;
    this.#patterns = patterns;
    this.#words = words;
    this.#time = new Intl.DateTimeFormat(lang, { hour: "numeric", minute: "2-digit", timeZone: zone });
    box.addEventListener("scroll", () => this.isAtEnd && this.#showNewer(0));
    newer.addEventListener("click", () => { this.toEnd(); box.focus(); });
  }

  get isAtEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#showNewer(0);
  }

  /* A message with its number from the server; takes the place of the same message still on its way. */
  add(message) {
    const follow = this.isAtEnd || message.from === "me";
    const item = this.#make(message);
    const owed = message.client_id && this.#list.querySelector(`[data-owed="${message.client_id}"]`);
    if (message.from === "me") this.#quietly(() => (owed ? owed.replaceWith(item) : this.#place(item)));
    else this.#place(item);
    if (follow) this.toEnd();
    else this.#showNewer(this.#unseen + 1);
  }

  /* One of ours that the server has not confirmed. */
  addOwed(owed) {
    if (this.#list.querySelector(`[data-owed="${owed.id}"]`)) return;
    const item = this.#make({ from: "me", text: owed.text, files: owed.files || [] });
    item.dataset.owed = owed.id;
    item.querySelector("time").textContent = this.#words.sending;
    this.#quietly(() => this.#list.append(item));
    this.toEnd();
  }

  /* Say on the bubble itself why it did not go, with the two things one can do about it. */
  refuse(name, text, again, drop) {
    const item = this.#list.querySelector(`[data-owed="${name}"]`);
    if (!item) return;
    item.classList.add("refused");
    item.querySelector("time").textContent = `${this.#words.notSent} ${text}`;
    item.querySelectorAll("button").forEach((button) => button.remove());
    offer(item, this.#words.again, again);
    offer(item, this.#words.drop, drop);
  }

  /* What is on its way may still be stopped: the bubble goes. */
  mayStop(name, stop) {
    const item = this.#list.querySelector(`[data-owed="${name}"]`);
    if (item) offer(item, this.#words.cancel, stop);
  }

  /* What we have read of theirs, up to a number: the mark stands on the newest such message only. */
  markSeen(upTo) {
    const own = [...this.#list.querySelectorAll(".mine[data-sequence]")].filter((item) => Number(item.dataset.sequence) <= upTo);
    this.#quietly(() => {
      this.#list.querySelectorAll(".mark").forEach((mark) => mark.remove());
      if (!own.length) return;
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.textContent = this.#words.read;
      own.at(-1).append(mark);
    });
  }

  waitFor(name, text) {
    const note = this.#list.querySelector(`[data-owed="${name}"] time`);
    if (note) note.textContent = text;
  }

  dropOwed(name) {
    this.#list.querySelector(`[data-owed="${name}"]`)?.remove();
  }

  clear() {
    this.#list.querySelectorAll(":scope > :not([data-owed])").forEach((item) => item.remove());
  }

  #place(item) {
    const owed = this.#list.querySelector("[data-owed]");
    this.#list.insertBefore(item, owed);
  }

  #make(message) {
    const item = this.#patterns.querySelector(message.from === "me" ? ".mine" : ".theirs").cloneNode(true);
    if (message.sequence) item.dataset.sequence = message.sequence;
    if (message.automatic) item.classList.add("automatic");
    const author = item.querySelector(".author");
    if (author && message.author) author.textContent = message.author;
    if (author && message.automatic) author.append(` · ${this.#words.program}`);
    item.querySelector(".text").append(...linked(message.text));
    item.querySelector(".files").append(...message.files.map((file) => this.#file(file)));
    if (message.at) {
      const time = item.querySelector("time");
      time.dateTime = message.at;
      time.textContent = this.#time.format(new Date(message.at));
    }
    return item;
  }

  #file(file) {
    const row = document.createElement("li");
    const link = document.createElement(file.url ? "a" : "span");
    if (file.url) {
      link.href = file.url;
      link.target = "_blank";
      link.rel = "noopener";
    }
    if (file.picture) {
      const picture = document.createElement("img");
      picture.src = `${file.url}?show`;
      picture.alt = "";
      picture.loading = "lazy";
      link.append(picture);
    }
    link.append(`${file.name} (${file.about})`);
    row.append(link);
    return row;
  }

  /* Who wrote it needs not hear it again. */
  #quietly(change) {
    this.#box.setAttribute("aria-live", "off");
    change();
    setTimeout(() => this.#box.setAttribute("aria-live", "polite"), 150);
  }

  #showNewer(number) {
    this.#unseen = number;
    this.#newer.hidden = !number;
    this.#newer.textContent = number ? (number === 1 ? this.#words.newOne : this.#words.newMany).replace("{n}", number) : "";
  }
}

/* A thing to do about a bubble that has no number yet; once done, the bubble goes. */
function offer(item, word, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = word;
  button.onclick = () => { item.remove(); act(); };
  item.querySelector("time").after(button);
}

function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = document.createElement("a");
    link.href = link.textContent = match[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    parts.push(text.slice(from, match.index), link);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
