// The words of this page, written by the server into <template id="words">; of texts that count `n`, "…-one" is for one.
export function word(name, values = {}) {
  const own = document.getElementById("words");
  const text = (values.n === 1 && own?.getAttribute(`data-word-${name}-one`)) || (own?.getAttribute(`data-word-${name}`) ?? name);
  return text.replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}
