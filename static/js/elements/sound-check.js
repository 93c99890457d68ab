// Can this place hear? A tone to try, how loud, and what keeps it silent.
import { mayPlay, play, setVolume, volume } from "../lib/sound.js";

customElements.define(
  "sound-check",
  class extends HTMLElement {
    connectedCallback() {
      const range = this.querySelector("[data-volume]");
      if (range) {
        range.value = volume();
        range.addEventListener("change", () => {
          setVolume(range.value);
          this.try();
        });
      }
      this.addEventListener("click", ({ target }) => {
        if (target.closest("[data-play]")) this.try();
        if (target.closest("[data-notify]")) this.ask();
      });
      this.show();
      this.showNotices();
    }

    async try() {
      await play();
      this.show();
    }

    async show() {
      const blocked = this.querySelector("[data-blocked]"), silent = this.querySelector("[data-silent]");
      if (silent) silent.hidden = volume() > 0;
      if (blocked) blocked.hidden = await mayPlay();
    }

    async ask() {
      await window.Notification?.requestPermission();
      this.showNotices();
    }

    showNotices() {
      const state = this.querySelector("[data-notify-state]");
      if (state) state.textContent = state.dataset[window.Notification?.permission ?? "denied"] ?? "";
    }
  },
);
