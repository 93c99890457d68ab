// Panels that are <details class="pop">: one open at a time, closed by a click elsewhere and by Tab leaving them.
addEventListener("click", (event) => closeOthers(event.target));
addEventListener("focusin", (event) => closeOthers(event.target));
addEventListener("htmx:afterRequest", (event) => event.detail.successful && event.target.closest?.("details.pop")?.removeAttribute("open"));

function closeOthers(target) {
  document.querySelectorAll("details.pop[open]").forEach((details) => {
    if (!details.contains(target)) details.open = false;
  });
}
