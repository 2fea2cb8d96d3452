// TrackBacks for Eleventy, as two shortcodes that Nunjucks and Liquid take: {% trackbackHead page.url, title %}
// tells other blogs where to ping a page, {% trackbackList page.url %} shows its TrackBacks.

const TRIES = 3;
const MILLISECONDS = 5000;

/** Adds the shortcodes for a site, and the service that takes its pings: both addresses without a slash behind. */
export default function (eleventyConfig, { site, api }) {
  const address = (url) => site + new URL(url, site).pathname;
  eleventyConfig.addShortcode("trackbackHead", (url, title) => head(api, address(url), title));
  eleventyConfig.addShortcode("trackbackList", async (url) => {
    const post = nameOf(address(url));
    return list(api, post, await fetchPings(api, post));
  });
}

// A page's name in the service's addresses: its own without the scheme.
function nameOf(address) {
  return address.replace(/^https?:\/\//, "");
}

// The same in a path: the service's gateway decodes it once and cuts it at a "?".
function pathOf(name) {
  return name.replace(/%(?=3F|2F|25)/gi, "%25");
}

function head(api, address, title) {
  const ping = escape(`${api}/trackback/${pathOf(nameOf(address))}`);
  const rdf = `
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:trackback="http://madskills.com/public/xml/rss/module/trackback/">
<rdf:Description
    rdf:about="${escape(address)}"
    dc:identifier="${escape(address)}"
    dc:title="${escape(title)}"
    trackback:ping="${ping}" />
</rdf:RDF>
`;
  const comment = rdf.replaceAll("--", "&#45;&#45;"); // two hyphens would end it
  return `<link rel="trackback" href="${ping}">\n<!--${comment}-->`;
}

// The TrackBacks that there are now, and the script that brings them up to date.
function list(api, post, pings) {
  const items = pings.map(item).join("");
  return `<script type="module" src="${escape(api)}/embed.js"></script>
<trackback-list post="${escape(post)}" ping-url>
  ${items && `<h2>TrackBacks</h2>\n  <ul>${items}\n  </ul>`}
  <p><a href="${escape(`${api}/pings/${pathOf(post)}`)}">All TrackBacks</a></p>
</trackback-list>`;
}

function item({ url, title, excerpt, blog_name, received_at }) {
  const link = /^https?:\/\//i.test(url)
    ? `<a href="${escape(url)}" rel="nofollow ugc noopener">${escape(title)}</a>`
    : escape(title);
  return `
    <li dir="auto">
      ${link}
      <p><bdi>${escape(blog_name)}</bdi> · <time>${escape(received_at.slice(0, 10))}</time></p>
      ${excerpt && `<p>${escape(excerpt)}</p>`}
    </li>`;
}

function escape(text) {
  return String(text ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
}

// The newest hundred pings of a post; none, and a warning, if they cannot be had.
async function fetchPings(api, post) {
  try {
    const { pings } = await ask(`${api}/pings/${pathOf(post)}?limit=100&at=${Date.now()}`);
    if (!pings.every(({ received_at }) => received_at.slice)) throw new Error("the answer is no list");
    return pings;
  } catch (error) {
    console.warn(`The TrackBacks of ${post} are left out: ${error.cause ?? error}`);
    return [];
  }
}

// The service lets 10 requests a second through, and asks for patience beyond.
async function ask(address) {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(address, { signal: AbortSignal.timeout(MILLISECONDS) });
    if (answer.ok) return answer.json();
    if (![429, 503].includes(answer.status) || tried === TRIES) throw new Error(`HTTP ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, tried * 1000 * (1 + Math.random())));
  }
}
