/* A copy, answers by mail, to end, to rate: forms that work by themselves, sent here without leaving the window. */

export async function wish(address, headers, words) {
  try {
    const response = await fetch(address, {
      method: "POST",
      body: JSON.stringify(words),
      headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
    });
    return await response.json();
  } catch {
    return { t: "refused", code: "later", text: "" };
  }
}

/* told(answer, kind): what the server said to a wish. */
export function listenToWishes(main, address, headers, told) {
  for (const form of main.querySelectorAll("form[data-wish]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const words = Object.fromEntries(new FormData(form, event.submitter));
      delete words.form_token;
      told(await wish(address, headers(), words), words.wish);
    });
  }
}
