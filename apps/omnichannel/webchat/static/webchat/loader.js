/* The chat bubble for somebody else's page. Served with its settings filled in; asks for nothing else before it is opened. */
(() => {
  const settings = /*settings*/ null;
  if (!settings || window.Acudo) return;

  const PATIENCE_MS = 8000; // a frame that says nothing for so long was refused by a policy or a network
  const PHONE = matchMedia("(max-width: 479px)");
  const home = new URL(settings.frame).origin;
  const tag = document.currentScript;
  const wanted = (tag?.dataset.lang || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  let lang = settings.words[wanted] ? wanted : settings.lang;
  let words = settings.words[lang];
  const listeners = {};
  const madeInert = [];
  let frame, patience, proof, unread = 0, isReady = false, isOpen = false, openedBy = null;

  const aside = document.createElement("acudo-chat");
  aside.setAttribute("role", "complementary");
  const root = aside.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(settings.css);
  root.adoptedStyleSheets = [sheet];

  const launcher = document.createElement("button");
  launcher.type = "button";
  launcher.className = (tag?.dataset.side || settings.side) === "left" ? "launcher left" : "launcher";
  launcher.setAttribute("aria-expanded", "false");
  launcher.setAttribute("aria-haspopup", "dialog");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(icon.namespaceURI, "path");
  path.setAttribute("d", "M3 20.5l1.6-4.7A8.5 8.5 0 1 1 8 19.2z");
  icon.append(path);
  const word = document.createElement("span");
  const count = document.createElement("span");
  count.className = "count";
  count.hidden = true;
  launcher.append(icon, word, count);
  root.append(launcher);
  speak();

  const emit = (name, detail) => (listeners[name] || []).forEach((listen) => listen(detail));
  const post = (message) => isReady && frame.contentWindow.postMessage({ acudo: 1, ...message }, home);

  function makeFrame() {
    frame = document.createElement("iframe");
    frame.title = words.title;
    frame.lang = lang;
    frame.className = launcher.className.replace("launcher", "window");
    const address = new URL(settings.frame);
    address.searchParams.set("lang", lang);
    address.searchParams.set("origin", location.origin);
    frame.src = address;
    root.prepend(frame);
    patience = setTimeout(refused, PATIENCE_MS);
  }

  function refused() {
    const link = document.createElement("a");
    link.href = settings.page.replace("{lang}", lang);
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = words.page;
    link.className = frame.className;
    frame.replaceWith(link);
    frame = undefined;
    if (isOpen) link.focus();
    emit("error", { code: "frame_refused" });
  }

  function coverPhone(yes) {
    if (yes && PHONE.matches) {
      for (const part of document.body.children) {
        if (part !== aside && !part.inert) {
          part.inert = true;
          madeInert.push(part);
        }
      }
    } else {
      madeInert.splice(0).forEach((part) => { part.inert = false; });
    }
  }

  function open() {
    if (isOpen) return;
    isOpen = true;
    openedBy = document.activeElement === document.body ? null : document.activeElement;
    root.querySelector("a.window")?.remove();
    if (!frame) makeFrame();
    aside.classList.add("open");
    frame.hidden = false;
    launcher.setAttribute("aria-expanded", "true");
    coverPhone(true);
    showUnread(0);
    if (isReady) greet();
    emit("open");
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    aside.classList.remove("open");
    if (frame) frame.hidden = true;
    root.querySelector("a.window")?.remove();
    launcher.setAttribute("aria-expanded", "false");
    coverPhone(false);
    post({ t: "closed" });
    (openedBy && openedBy !== aside && openedBy.isConnected ? openedBy : launcher).focus();
    emit("close");
  }

  function greet() {
    frame.focus();
    post({ t: "page", url: location.href, title: document.title, referrer: document.referrer });
    post({ t: "opened" });
  }

  function identify(token) {
    proof = String(token);
    post({ t: "identify", proof });
  }

  function logout() {
    proof = undefined;
    if (isReady) isReady = void post({ t: "logout" });
  }

  function setLanguage(code) {
    if (!settings.words[code] || code === lang) return;
    lang = code;
    words = settings.words[lang];
    speak();
    if (isReady) isReady = void post({ t: "language", lang });
  }

  function speak() {
    launcher.lang = lang;
    word.textContent = words.chat;
    aside.setAttribute("aria-label", words.chat);
    if (frame) [frame.title, frame.lang] = [words.title, lang];
    showUnread(unread);
  }

  function showUnread(number) {
    unread = number;
    count.hidden = !number;
    count.textContent = number || "";
    launcher.setAttribute("aria-label", number ? `${words.chat}, ${(number === 1 ? words.one : words.many).replace("{n}", number)}` : words.chat);
  }

  addEventListener("message", (event) => {
    if (event.origin !== home || !frame || event.source !== frame.contentWindow || event.data?.acudo !== 1) return;
    const { t, number, text } = event.data;
    if (t === "ready") {
      clearTimeout(patience);
      isReady = true;
      if (proof) post({ t: "identify", proof });
      if (isOpen) greet();
      emit("ready");
    } else if (t === "close") {
      close();
    } else if (t === "unread" && !isOpen) {
      showUnread(Math.min(99, Number(number) || 0));
      emit("unread", number);
    } else if (t === "message") {
      emit("message", { text: String(text) });
    } else if (t === "identified" || t === "error") {
      emit(t, { code: String(event.data.code || "") });
    }
  });
  launcher.addEventListener("click", () => (isOpen ? close() : open()));
  aside.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-acudo]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  window.visualViewport?.addEventListener("resize", () => {
    aside.classList.toggle("typing", visualViewport.height * visualViewport.scale < innerHeight * 0.75);
  });

  const place = () => {
    document.body.append(aside);
    const style = document.documentElement.style;
    if (!style.scrollPaddingBottom) style.scrollPaddingBottom = "5rem"; // a focused element never hides behind the button
  };
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);

  window.Acudo = Object.freeze({
    open,
    close,
    identify,
    logout,
    setLanguage,
    on(name, listen) {
      (listeners[name] ||= []).push(listen);
      if (name === "ready" && isReady) listen();
      return () => { listeners[name] = listeners[name].filter((other) => other !== listen); };
    },
  });
})();
