// Shows the TrackBacks of a post, where a page says <trackback-list> or, without one, after this script's tag:
//
//   <script type="module" src="https://API/embed.js"></script>
//
// The post is the attribute post="host/path", else the page's canonical link, else its address. What is
// inside the element is the fallback: it shows until the pings are here, and stays if they do not come.
// Events: trackback-list:load with {count}, trackback-list:error with {error}. Both bubble.

const NAME = "trackback-list";

// Who reloads a page wants to see what is new: ask again, where the browser's cache would do otherwise.
const cache = performance.getEntriesByType("navigation")[0]?.type === "reload" ? "no-cache" : "default";

const sheet = new CSSStyleSheet(); // unlike a <style>, it needs no leave from the page's CSP
sheet.replaceSync(`
  :host { display: block; overflow-wrap: anywhere }
  :host([hidden]), [hidden] { display: none }
  h2 { font-size: 1.25em; line-height: 1.3; margin: 0 0 1em }
  ul { list-style: none; margin: 0; padding: 0 }
  li { margin: 0 0 1.5em; overflow: clip }
  p { margin: .25em 0 0 }
  a { color: inherit; text-underline-offset: .15em }
  .title { font-weight: 600 }
  .from { font-size: .875em; opacity: .8 }
  button { font: inherit; color: inherit; background: none; border: 1px solid; border-radius: .4em;
    padding: .4em .9em; cursor: pointer }
  button:disabled { opacity: .6; cursor: default }
`);

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function makeItem({ url, title, excerpt, blog_name, received_at }, dates) {
  const link = /^https?:\/\//i.test(url) && { href: url, rel: "nofollow ugc noopener" };
  const date = make("time", { dateTime: received_at, dir: "auto" }, dates.format(new Date(received_at)));
  return make("li", { dir: "auto", tabIndex: -1 },
    make(link ? "a" : "span", { className: "title", ...link }, title),
    make("p", { className: "from" }, make("bdi", {}, blog_name), " · ", date),
    ...(excerpt ? [make("p", { dir: "auto" }, excerpt)] : []));
}

function datesIn(language) {
  const style = { dateStyle: "long" };
  try {
    return new Intl.DateTimeFormat(language || undefined, style);
  } catch {
    return new Intl.DateTimeFormat(undefined, style); // pages do say lang="en_US"
  }
}

class TrackbackList extends HTMLElement {
  static observedAttributes = ["post"];
  #fallback = make("slot");
  #list = make("ul", { role: "list" }); // the role that Safari takes from a list without bullets
  #more = make("button", { type: "button", onclick: () => this.#showMore() }, "Show more");
  #section = make("section", {}, make("h2", { id: "heading" }, "TrackBacks"), this.#list, this.#more);
  #loading;
  #next;

  constructor() {
    super();
    this.#section.setAttribute("aria-labelledby", "heading");
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#fallback, this.#section);
  }

  connectedCallback() {
    this.#show();
  }

  disconnectedCallback() {
    this.#loading.abort();
    this.#loading = undefined;
  }

  attributeChangedCallback(_, before, now) {
    if (this.#loading && before !== now) this.#show(); // at first, connectedCallback is still to come
  }

  get #address() {
    const named = this.getAttribute("post");
    const canonical = document.querySelector("link[rel~=canonical]")?.href;
    const page = named ? named.replace(/^(https?:\/\/)?/, "https://") : canonical || location.href;
    const { host, pathname } = new URL(page);
    return new URL(`pings/${host}${pathname}`, import.meta.url);
  }

  #show() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    this.#next = null;
    this.#fallback.hidden = false;
    this.#section.hidden = true;
    this.#list.replaceChildren();
    return this.#load();
  }

  async #showMore() {
    this.#more.disabled = true;
    const shown = await this.#load();
    this.#more.disabled = false;
    shown?.[0]?.focus();
  }

  async #load() {
    const { signal } = this.#loading;
    try {
      const address = this.#address;
      if (this.#next) address.searchParams.set("cursor", this.#next);
      const response = await fetch(address, { signal, cache, credentials: "omit" });
      if (!response.ok) throw new Error(`${address} answered ${response.status}`);
      const { pings, count, next } = await response.json();
      signal.throwIfAborted();
      const dates = datesIn(this.closest("[lang]")?.lang);
      const items = pings.map((ping) => makeItem(ping, dates));
      this.#list.append(...items);
      this.#next = next;
      this.#more.hidden = next === null;
      this.#fallback.hidden = true;
      this.#section.hidden = this.#list.children.length === 0;
      this.#tell("load", { count });
      return items;
    } catch (error) {
      if (!signal.aborted) this.#tell("error", { error });
    }
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`${NAME}:${what}`, { bubbles: true, detail }));
  }
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, TrackbackList);
  const own = [...document.querySelectorAll("body script")].find(({ src }) => src === import.meta.url);
  if (!document.querySelector(NAME)) own?.after(document.createElement(NAME));
}
