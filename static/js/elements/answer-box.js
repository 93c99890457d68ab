// The box one answers in: public or private, a draft kept for each, files by paste and drop, Ctrl Enter to send.
import { debounce } from "../lib/debounce.js";
import * as drafts from "../lib/drafts.js";
import { keepOnServer } from "../lib/kept-drafts.js";
import { forget, offerMacros } from "../lib/macros.js";
import { bringsWords, isPicture, place } from "../lib/pasted-pictures.js";
import { say } from "../lib/say.js";
import { toast } from "../lib/toast.js";
import { word } from "../lib/words.js";

const PAUSE = 300;
const STILL_WRITING = 6000;
const LARGEST_MB = 20;

customElements.define(
  "answer-box",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.text = this.querySelector("textarea");
      this.abort = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.abort.signal });
      this.keep = debounce(() => this.save(), PAUSE);
      this.quiet = debounce(() => this.removeAttribute("data-writing"), STILL_WRITING);
      on(this.text, "input", () => this.typed());
      on(this.text, "blur", () => this.save());
      on(window, "pagehide", () => this.save());
      on(this, "change", (event) => this.changed(event.target));
      on(this, "click", (event) => this.clicked(event));
      on(window, "desk:insert", (event) => this.insert(event.detail));
      on(this, "paste", (event) => bringsWords(event.clipboardData) || this.given(event.clipboardData.files, event));
      on(this, "dragover", (event) => event.preventDefault());
      on(this, "drop", (event) => this.given(event.dataTransfer.files, event));
      this.arriving = new Set();
      this.addEventListener("submit", (event) => this.awaited(event), { capture: true, signal: this.abort.signal });
      on(this.form, "submit", () => this.save());
      on(this.form, "desk:sent", () => this.sent());
      on(window, "desk:key", (event) => this.letter(event.detail) && event.preventDefault());
      this.kind = this.form.querySelector("[name=kind]:checked").value;
      if (!this.text.value) this.text.value = drafts.load(this.key());
      this.server = keepOnServer(this, on);
      offerMacros(this, on);
      this.dress();
    }

    disconnectedCallback() {
      this.save();
      this.abort.abort();
    }

    changed(field) {
      if (field.name === "kind") this.become(field.value);
      if (field.name === "files") this.showFiles();
    }

    key(kind = this.kind) {
      return `${document.body.dataset.me}.${this.dataset.ticket}.${kind}`;
    }

    typed() {
      this.keep();
      this.quiet();
      this.setAttribute("data-writing", "");
    }

    save() {
      this.keep.cancel();
      if (drafts.save(this.key(), this.text.value) && this.text.value) this.status(word("saved"));
    }

    status(text) {
      const line = this.querySelector("[data-status]");
      if (line) line.textContent = text;
    }

    become(kind) {
      drafts.save(this.key(), this.text.value);
      this.server.cancel();
      this.kind = kind;
      this.text.value = drafts.load(this.key());
      this.dress();
      this.text.focus();
      say(this.querySelector("[data-box-label]").textContent);
    }

    dress() {
      const isNote = this.kind === "note";
      this.classList.toggle("is-note", isNote);
      for (const part of this.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== this.kind;
      const label = this.querySelector("[data-box-label]");
      label.textContent = label.dataset[this.kind];
    }

    letter(key) {
      const kind = { r: "reply", n: "note" }[key] ?? (key === "switch-kind" ? (this.kind === "note" ? "reply" : "note") : null);
      const choice = kind && this.form.querySelector(`[name=kind][value=${kind}]`);
      if (!choice) return false;
      if (this.kind !== kind) {
        choice.checked = true;
        this.become(kind);
      }
      this.text.focus();
      return true;
    }

    clicked(event) {
      if (event.target.closest("[data-keep-draft]")) this.querySelector("[data-held]")?.remove();
    }

    insert(text) {
      const { selectionStart: at, value } = this.text;
      const gap = at && !/\s$/.test(value.slice(0, at)) ? "\n" : "";
      this.text.setRangeText(gap + text, at, this.text.selectionEnd, "end");
      this.text.focus();
      this.typed();
    }

    // In an answer by mail a picture goes where the words are; everything else is attached.
    given(files, event) {
      if (!files?.length) return;
      event.preventDefault();
      const shows = this.kind === "reply" && this.dataset.door === "email";
      const small = [...files].filter((file) => this.fits(file));
      this.addFiles(small.filter((file) => !shows || !isPicture(file)));
      for (const picture of small.filter((file) => shows && isPicture(file))) this.arrives(picture);
    }

    // One after the other: each stands behind the one before it.
    arrives(picture) {
      const before = [...this.arriving].at(-1);
      const arrival = Promise.resolve(before).then(() => place(this, picture));
      this.arriving.add(arrival);
      arrival.finally(() => this.arriving.delete(arrival));
    }

    // Sending waits for the pictures that are on their way.
    async awaited(event) {
      if (!this.arriving.size) return;
      event.preventDefault();
      event.stopPropagation();
      const { submitter } = event;
      if ((await Promise.all(this.arriving)).every(Boolean)) this.form.requestSubmit(submitter);
    }

    fits(file) {
      if (file.size <= LARGEST_MB * 1024 * 1024) return true;
      toast(word("toobig", { name: file.name, size: LARGEST_MB }), { kind: "error" });
      return false;
    }

    addFiles(files) {
      if (!files.length) return;
      const input = this.form.elements.files;
      const all = new DataTransfer();
      for (const file of [...input.files, ...files]) all.items.add(file);
      input.files = all.files;
      this.showFiles();
    }

    showFiles() {
      this.querySelector("[data-files]").textContent = [...this.form.elements.files.files].map((file) => file.name).join(", ");
    }

    sent() {
      this.text.value = "";
      this.server.sent();
      this.form.reset();
      this.form.querySelector(`[name=kind][value=${this.kind}]`).checked = true;
      this.showFiles();
      forget(this);
      this.querySelector("#held").replaceChildren();
      drafts.save(this.key(), "");
      this.status("");
      this.removeAttribute("data-writing");
      this.dress();
    }
  },
);
