// A page's address, and its pings.

const TRIES = 3;
const MILLISECONDS = 5000;

/** A page's address as people see it. */
export function addressOf(astro) {
  return new URL(astro.url.pathname, astro.site).href;
}

/** A page's name in the service's addresses: its own without the scheme. */
export function nameOf(address) {
  return address.replace(/^https?:\/\//, "");
}

/** The same in a path: the service's gateway decodes it once and cuts it at a "?". */
export function pathOf(name) {
  return name.replace(/%(?=3F|2F|25)/gi, "%25");
}

/** The newest hundred pings of a post; none, and a warning, if they cannot be had. */
export async function fetchPings(api, post) {
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
