// Ctrl K: commands known here at once, tickets, people and articles from the server a moment later.
import { debounce } from "../lib/debounce.js";
import { isAtHand, show } from "../lib/keys.js";
import { say } from "../lib/say.js";
import { word } from "../lib/words.js";

customElements.define(
  "desk-palette",
  class extends HTMLElement {
    connectedCallback() {
      this.dialog = this.closest("dialog");
      this.input = this.querySelector("input");
      this.list = this.querySelector("[role=listbox]");
      this.commands = [...this.querySelector("template").content.children];
      this.ask = debounce(() => this.search(), 150);
      this.input.addEventListener("input", () => this.draw());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.list.addEventListener("click", (event) => this.run(event.target.closest("[role=option]")));
      new MutationObserver(() => this.dialog.open && this.opened()).observe(this.dialog, { attributeFilter: ["open"] });
    }

    opened() {
      this.input.value = "";
      this.input.focus();
      this.draw();
    }

    draw() {
      const wanted = fold(this.input.value);
      const own = this.commands.filter((command) => fold(command.textContent).includes(wanted)).slice(0, wanted ? 5 : 9);
      const context = wanted ? onPage().filter((row) => fold(row.textContent).includes(wanted)).slice(0, 5) : [];
      this.list.replaceChildren(...context, ...own.map((command) => option(command.cloneNode(true))));
      if (wanted) {
        this.list.append(everything(this.input.value));
        this.ask();
      }
      this.move(0);
    }

    async search() {
      const query = this.input.value.trim();
      if (query.length < 2) return;
      const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(query)}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok || query !== this.input.value.trim()) return;
      const found = [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-href]")];
      this.list.prepend(...found.map(option));
      say(word("results", { n: found.length }));
      this.move(0);
    }

    key(event) {
      if (event.key === "ArrowDown") this.move(this.at + 1);
      else if (event.key === "ArrowUp") this.move(this.at - 1);
      else if (event.key === "Enter") this.run(this.list.children[this.at]);
      else return;
      event.preventDefault();
    }

    move(to) {
      const rows = [...this.list.children];
      this.at = rows.length ? (to + rows.length) % rows.length : 0;
      rows.forEach((row, n) => {
        row.id = `palette-${n}`;
        row.setAttribute("aria-selected", n === this.at);
      });
      this.input.setAttribute("aria-activedescendant", rows.length ? `palette-${this.at}` : "");
      rows[this.at]?.scrollIntoView({ block: "nearest" });
    }

    run(row) {
      if (!row) return;
      this.dialog.close();
      if (row.press) row.press();
      else if (row.dataset.run) show(row.dataset.run);
      else location.href = row.dataset.href;
    }
  },
);

function option(source) {
  const row = document.createElement("div");
  row.className = "palette-row";
  row.setAttribute("role", "option");
  Object.assign(row.dataset, { ...source.dataset });
  row.append(...source.childNodes);
  if (source.dataset.key) row.append(Object.assign(document.createElement("kbd"), { textContent: source.dataset.key }));
  return row;
}

// What can be done with the ticket on the page: its own buttons, by their own words.
function onPage() {
  return [...document.querySelectorAll("#conversation [data-key]")]
    .filter(isAtHand)
    .map((button) => {
      const words = document.createElement("span");
      words.textContent = button.dataset.words ?? button.textContent.trim();
      const source = document.createElement("span");
      source.dataset.key = button.dataset.key;
      source.append(words);
      const row = option(source);
      row.press = () => button.click();
      return row;
    });
}

function everything(query) {
  const source = document.createElement("span");
  source.dataset.href = `/desk/search/?q=${encodeURIComponent(query)}`;
  source.append(Object.assign(document.createElement("span"), { textContent: word("everything", { query }) }));
  return option(source);
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
