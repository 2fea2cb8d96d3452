// Shows how many TrackBacks a post has, where a page says so; embed.js loads this where a page does:
//
//   <a href="/hello/"><trackback-count post="blog.example/hello/"></trackback-count> TrackBacks</a>
//
// The post is named as in <trackback-list>. All counts of a page are one request, or as few as the API's limits
// allow. What is inside the element shows until its count is here, and stays if it does not come. The attribute
// `count` has the number for style sheets: trackback-count[count="0"].
// Events: trackback-count:load with {count}, trackback-count:error with {error}. Both bubble.

const NAME = "trackback-count";
const MAX_POSTS = 50;
const LONG_QUERY = 4_000; // characters after which another begins; the gateway takes 10 KB, headers included

const cache = performance.getEntriesByType("navigation")[0]?.type === "reload" ? "no-cache" : "default";
const waiting = new Set();

function enlist(element) {
  if (!waiting.size) queueMicrotask(askForAll);
  waiting.add(element);
}

function askForAll() {
  const elements = Map.groupBy(waiting, (element) => element.post);
  waiting.clear();
  for (const query of queriesFor(elements.keys())) ask(query, elements);
}

function queriesFor(posts) {
  const queries = [];
  for (const post of posts) {
    const last = queries.at(-1);
    const room = last && last.size < MAX_POSTS && `${last}`.length < LONG_QUERY;
    const query = room ? last : new URLSearchParams();
    query.append("post", post);
    if (!room) queries.push(query);
  }
  return queries;
}

async function ask(query, elements) {
  const tell = (post, method, value) => {
    for (const element of elements.get(post)) if (element.post === post) element[method](value);
  };
  try {
    const address = new URL(`../counts?${query}`, import.meta.url);
    const response = await fetch(address, { cache, credentials: "omit" });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    const { counts } = await response.json();
    for (const post of query.getAll("post")) tell(post, "show", counts[post]);
  } catch (error) {
    for (const post of query.getAll("post")) tell(post, "fail", error);
  }
}

function inWords(count, language) {
  try {
    return count.toLocaleString(language || undefined);
  } catch {
    return count.toLocaleString(); // pages do say lang="en_US"
  }
}

class TrackbackCount extends HTMLElement {
  static observedAttributes = ["post"];
  #root = this.attachShadow({ mode: "open" });

  connectedCallback() {
    this.#show();
  }

  attributeChangedCallback(_, before, now) {
    if (this.isConnected && before !== now) this.#show();
  }

  get post() {
    return this.getAttribute("post") || document.querySelector("link[rel~=canonical]")?.href || location.href;
  }

  #show() {
    this.removeAttribute("count");
    this.#root.replaceChildren(document.createElement("slot"));
    enlist(this);
  }

  show(count) {
    this.#root.replaceChildren(inWords(count, this.closest("[lang]")?.lang));
    this.setAttribute("count", count);
    this.#tell("load", { count });
  }

  fail(error) {
    this.#tell("error", { error });
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`${NAME}:${what}`, { bubbles: true, detail }));
  }
}

if (!customElements.get(NAME)) customElements.define(NAME, TrackbackCount);
