export function debounce(act, wait) {
  let timer;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

// At once, then not again before `rest` ms; a call in between runs once at the end.
export function spaced(act, rest) {
  let free = 0;
  let timer = null;
  return () => {
    const wait = free - Date.now();
    if (timer) return;
    timer = setTimeout(() => {
      timer = null;
      free = Date.now() + rest;
      act();
    }, Math.max(wait, 0));
  };
}
