/* The test button of the settings page. */
document.getElementById("acudo-test")?.addEventListener("click", async ({ currentTarget: button }) => {
  const said = document.getElementById("acudo-test-said");
  const words = new URLSearchParams({ action: "acudo_chat_test", _ajax_nonce: button.dataset.nonce });
  try {
    const answer = await (await fetch(button.dataset.address, { method: "POST", body: words, credentials: "same-origin" })).json();
    said.textContent = answer.data.text;
  } catch {
    said.textContent = "…";
  }
});
