/* While the first question is being written: titles of articles that may answer it. Shown, never announced. */

const PAUSE_MS = 700;
const SHORTEST = 8;

export class Titles {
  #list; #address; #timer; #asked = "";

  constructor({ list, address }) {
    this.#list = list;
    this.#address = address;
  }

  look(text) {
    clearTimeout(this.#timer);
    const question = text.trim().slice(0, 200);
    if (question.length < SHORTEST) return this.clear();
    this.#timer = setTimeout(() => this.#ask(question), PAUSE_MS);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#asked = "";
    this.#list.hidden = true;
    this.#list.replaceChildren();
  }

  async #ask(question) {
    this.#asked = question;
    try {
      const response = await fetch(`${this.#address}?q=${encodeURIComponent(question)}`);
      const { articles } = await response.json();
      if (this.#asked !== question) return; // written on meanwhile, or sent
      this.#list.replaceChildren(...articles.map(({ title, url }) => {
        const row = document.createElement("li");
        const link = document.createElement("a");
        link.href = url;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = title;
        row.append(link);
        return row;
      }));
      this.#list.hidden = !articles.length;
    } catch { /* no titles: the question is asked all the same */ }
  }
}
