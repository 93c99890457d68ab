// A screen on the wall follows by itself: fetched again and put in place. What cannot be fetched keeps its "as of".
const EVERY = 15_000;

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (fresh && !document.querySelector("main :focus")) document.getElementById("main").replaceWith(document.adoptNode(fresh));
}

setInterval(() => look().catch(() => undefined), EVERY);
