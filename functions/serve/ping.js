// Shows a post's TrackBack URL with a button that copies it; embed.js loads this where a list says `ping-url`.
//
// The embed of another version may call this, since browsers keep versions for long: what it takes stays.

const WORDS = { url: "TrackBack URL", copy: "Copy", copied: "Copied" };

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  [part=ping] { margin: 1.5em 0 0; font-size: .875em }
  code { display: block; margin: .25em 0 .75em }
`);

function make(name, part, properties, ...children) {
  const element = Object.assign(document.createElement(name), { part, ...properties });
  element.append(...children);
  return element;
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code); // where the page is not on https, or may not write
    document.execCommand("copy");
  }
}

class PingUrl {
  #label = make("span", "label");
  #code = make("code", "url", { dir: "ltr" });
  #button = make("button", "button", { onclick: () => this.#copy() });
  #copied = make("span", "copied", { role: "status" });
  #say;

  constructor(element) {
    const { adoptedStyleSheets, host } = element.getRootNode();
    adoptedStyleSheets.push(sheet);
    element.append(this.#label, this.#code, this.#button, " ", this.#copied);
    const attributeFilter = Object.keys(WORDS).map((name) => `label-${name}`);
    new MutationObserver(() => this.#name()).observe(host, { attributeFilter });
  }

  show(post, say) {
    const path = post.replace(/%(?=3F|2F|25)/gi, "%25"); // API Gateway decodes it once and cuts it at a "?"
    this.#code.textContent = new URL(`../trackback/${path}`, import.meta.url).href;
    this.#say = (name) => say(name) ?? WORDS[name];
    this.#name();
  }

  #name() {
    this.#label.textContent = this.#say("url");
    this.#button.textContent = this.#say("copy");
  }

  async #copy() {
    await copy(this.#code);
    this.#copied.textContent = this.#say("copied");
  }
}

const shown = new WeakMap();

/**
 * Show a post's TrackBack URL in an element of a list's shadow tree.
 *
 * `post` is host and path. `say` returns the list's own words for a name of WORDS, or undefined.
 */
export function show(element, post, say) {
  if (!shown.has(element)) shown.set(element, new PingUrl(element));
  shown.get(element).show(post, say);
}
