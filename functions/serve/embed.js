// Shows the TrackBacks of a post, where a page says <trackback-list> or, without one, after this script's tag:
//
//   <script type="module" src="https://API/embed.js"></script>
//   <trackback-list post="host/path" ping-url><a href="https://API/pings/host/path">TrackBacks</a></trackback-list>
//
// post       the post; without it, the page's canonical link, else its address
// ping-url   shows the post's TrackBack URL, too, with a button that copies it
// heading    the level of the heading, which is 2 otherwise
// label-…    other words for one of WORDS or of ping.js: label-heading="Who wrote about this"
//
// What is inside the element is the fallback: it shows until the pings are here, and stays if they do not come.
// They are fetched when the element comes near the window, again when `post` changes, and no longer when the
// element is removed. Other languages' words are in words.js.
//
// Events: trackback-list:load with {count}, trackback-list:error with {error}. Both bubble.
// Parts: heading, list, item, title, from, blog, date, excerpt, status, button; with ping-url ping, url, copied.
// Properties: --trackback-gap, the room between items, and --trackback-link, the colour of titles.

const WEB = /^https?:\/\//i;
const NAME = "trackback-list";
const WORDS = {
  heading: "TrackBacks",
  more: "Show more",
  loading: "Loading…",
  error: "The TrackBacks could not be loaded.",
  retry: "Try again",
};

// Languages that letters give away. Of other texts it is not known, and the page's is not claimed for them.
const LETTERS = {
  ja: /^[\p{sc=Han}\P{L}]*[ぁ-ヿ]/u,
  zh: /^\P{L}*\p{sc=Han}/u,
  ko: /^\P{L}*\p{sc=Hang}/u,
  ar: /^\P{L}*\p{sc=Arab}/u,
  he: /^\P{L}*\p{sc=Hebr}/u,
};

// Who reloads a page wants to see what is new: ask again, where the browser's cache would do otherwise.
const cache = performance.getEntriesByType("navigation")[0]?.type === "reload" ? "reload" : "default";

// Unlike a <style>, it needs no leave from the page's CSP. Loading is only for those who listen.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:block;overflow-wrap:anywhere}
:host([hidden]){display:none}
slot.loaded{visibility:hidden}
p.loading{font:0/0 a}
h2,h3{font-size:1.25em;margin:0 0 1em}
ul{list-style:none;margin:0;padding:0}
li{margin:0 0 var(--trackback-gap,1.5em);overflow:clip}
p{margin:0}
a{color:var(--trackback-link,inherit)}
[part=title]{font-weight:600}
[part=from]{font-size:.875em;opacity:.8}
button{font:inherit;color:inherit;background:none;border:1px solid;border-radius:.4em;padding:.3em .8em}
@media print{button{display:none}}
`);

function make(name, part, properties, ...children) {
  const element = Object.assign(document.createElement(name), { part, ...properties });
  element.append(...children);
  return element;
}

function makeText(name, part, text, properties) {
  const lang = Object.keys(LETTERS).find((language) => LETTERS[language].test(text)) ?? "";
  return make(name, part, { lang, ...properties }, text);
}

function makeItem({ url, title, excerpt, blog_name, received_at }, dates) {
  const link = WEB.test(url) && { href: url, rel: "nofollow ugc noopener" };
  const date = make("time", "date", { dateTime: received_at, dir: "auto" }, dates.format(new Date(received_at)));
  return make("li", "item", { dir: "auto", tabIndex: -1 },
    makeText(link ? "a" : "span", "title", title, link),
    make("p", "from", {}, makeText("bdi", "blog", blog_name), " · ", date),
    makeText("p", "excerpt", excerpt, { dir: "auto" }));
}

class TrackbackList extends HTMLElement {
  static observedAttributes = ["post", "ping-url", "heading", ...Object.keys(WORDS).map((name) => `label-${name}`)];
  #fallback = make("slot", "fallback");
  #list = make("ul", "list", { role: "list" }); // the role that Safari takes from a list without bullets
  #section = make("section", "section", {}, "", this.#list); // "" gives way to the heading
  #status = make("p", "status", { role: "status" });
  #button = make("button", "button", { onclick: (click) => this.#load(click) });
  #ping = make("div", "ping");
  #near = new IntersectionObserver((seen) => seen.pop().isIntersecting && this.#load(), { rootMargin: "100%" });
  #words = WORDS;
  #loading;
  #state;
  #post;
  #next;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#fallback, this.#section, this.#status, this.#button, this.#ping);
  }

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    this.#near.disconnect();
    this.#loading.abort();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#loading || before === now) return; // at first, connectedCallback is still to come
    if (name === "post") this.#start();
    else this.#show();
  }

  #start() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    this.#next = this.#post = undefined;
    this.#list.replaceChildren();
    this.#show("");
    this.#near.disconnect();
    this.#near.observe(this);
  }

  async #load(clicked) {
    if (this.#state === "loading") return;
    this.#state = "loading";
    const { signal } = this.#loading;
    // As much as every browser's Intl takes: pages do say "en_US".
    const [language] = this.closest("[lang]")?.lang.match(/^[a-z]{2,3}(-[a-z]{2}\b)?/i) ?? [];
    this.#near.disconnect();
    try {
      const named = this.getAttribute("post");
      const page = document.querySelector("link[rel~=canonical]") ?? location;
      const { host, pathname } = new URL(named ? "https://" + named.replace(WEB, "") : page.href);
      this.#post = host + pathname;
      // API Gateway decodes a path once and cuts it at a "?".
      const address = new URL("pings/" + this.#post.replace(/%(?=3F|2F|25)/gi, "%25"), import.meta.url);
      if (this.#next) address.searchParams.set("cursor", this.#next);
      const [response] = await Promise.all([fetch(address, { signal, cache }), this.#speak(language, signal)]);
      if (!response.ok) throw Error(response.status);
      const { pings, count, next } = await response.json();
      const dates = new Intl.DateTimeFormat(language, { dateStyle: "long" });
      const items = pings.map((ping) => makeItem(ping, dates));
      this.#list.append(...items);
      this.#next = next;
      this.#show("loaded");
      this.#tell("load", { count });
      if (clicked) items[0]?.focus();
    } catch (error) {
      if (signal.aborted) return;
      this.#show("error");
      this.#tell("error", { error });
    }
  }

  async #speak(language, signal) {
    if (language && !/^en/i.test(language)) {
      const words = await import("./embed/words.js").catch(() => {});
      signal.throwIfAborted();
      this.#words = { ...WORDS, ...words?.wordsIn(this) };
    }
    this.#show("loading");
  }

  #show(state = this.#state) {
    const say = (name) => this.getAttribute(`label-${name}`) ?? this.#words[name];
    this.#state = state;
    const heading = make(`h${+this.getAttribute("heading") || 2}`, "heading", {}, say("heading"));
    this.#section.firstChild.replaceWith(heading);
    this.#section.ariaLabel = say("heading");
    this.#section.hidden = !this.#list.firstChild;
    this.#fallback.hidden = this.#list.firstChild;
    this.#fallback.className = this.#status.className = state;
    this.#status.textContent = say(state);
    if (state !== "loading") {
      this.#button.textContent = say(state === "error" ? "retry" : "more");
      this.#button.hidden = state !== "error" && !this.#next;
    }
    const post = this.#post;
    this.#ping.hidden = !this.hasAttribute("ping-url");
    if (post && !this.#ping.hidden) import("./embed/ping.js").then(({ show }) => show(this.#ping, post, say), () => {});
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`${NAME}:${what}`, { bubbles: true, detail }));
  }
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, TrackbackList);
  const own = [...document.scripts].find(({ src }) => src === import.meta.url);
  if (document.querySelector("trackback-count")) import("./embed/count.js");
  else if (!document.querySelector(NAME)) own?.after(document.createElement(NAME));
}
