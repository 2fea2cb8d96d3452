// Shows a post's TrackBack URL with a button that copies it; embed.js loads this where a list says `ping-url`.
//
// The embed of another version may call this, since browsers keep versions for long: what it takes stays.

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  [part=ping] { margin: 1.5em 0 0; font-size: .875em }
  code { display: block; overflow-wrap: anywhere; margin: .25em 0 .5em }
  [part=copied]:empty { display: none }
`);

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.part = properties.part;
  element.append(...children);
  return element;
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code); // not on https, or not allowed
    document.execCommand("copy");
  }
}

/** Fill an element of a list's shadow tree; `say` returns the words for `url`, `copy` and `copied`. */
export function show(element, url, say) {
  const { adoptedStyleSheets } = element.getRootNode();
  if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
  const code = make("code", { part: "url", dir: "ltr" }, url);
  const copied = make("span", { part: "copied", role: "status" });
  const button = make("button", { part: "button", type: "button" }, say("copy"));
  button.onclick = async () => {
    await copy(code);
    copied.textContent = say("copied");
  };
  element.replaceChildren(`${say("url")} `, code, button, " ", copied);
}
