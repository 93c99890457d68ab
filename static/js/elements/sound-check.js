// A tone to hear whether this place can hear: made here, no file.
customElements.define(
  "sound-check",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", (event) => event.target.closest("[data-play]") && this.play());
    }

    async play() {
      const context = new AudioContext();
      const loud = new GainNode(context, { gain: 0.2 });
      loud.connect(context.destination);
      for (const [at, frequency] of [660, 880].entries()) {
        const tone = new OscillatorNode(context, { frequency });
        tone.connect(loud);
        tone.start(context.currentTime + at * 0.2);
        tone.stop(context.currentTime + at * 0.2 + 0.18);
      }
      setTimeout(() => context.close(), 1000);
    }
  },
);
