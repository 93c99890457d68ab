/* Tells the chat who is signed in. The proof is fetched anew for each page: it is good for one browser and a few minutes. */
{
  const address = document.currentScript.dataset.proof;
  const tell = async () => {
    const answer = await (await fetch(address, { credentials: "same-origin" })).json();
    if (answer.success) window.Acudo.identify(answer.data.proof);
  };
  const begin = () => window.Acudo?.on("ready", () => tell().catch(() => {}));
  if (window.Acudo) begin();
  else addEventListener("load", begin);
}
