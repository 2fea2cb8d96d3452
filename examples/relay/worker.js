// Starts a build at GitHub when the service tells of a ping. Runs as a Cloudflare Worker, and wherever else a
// module's fetch(request, env) is called. It takes nothing that is not signed as Standard Webhooks says.
//
//   SECRET  the webhook's secret, from the settings page: whsec_…
//   TARGET  https://api.github.com/repos/OWNER/REPOSITORY/dispatches
//   TOKEN   a fine-grained token for that repository alone, with "Contents: read and write"

const MINUTES = 5; // how old a message may be, and how far the clocks may differ
const EVENTS = ["ping.approved", "ping.removed", "ping.test"];

export default {
  async fetch(request, { SECRET, TARGET, TOKEN }) {
    if (request.method !== "POST") return new Response("Send a webhook.", { status: 405 });
    const body = await request.text();
    if (!(await isSigned(request.headers, body, SECRET))) return new Response("Not signed.", { status: 401 });
    const { type } = JSON.parse(body);
    if (!EVENTS.includes(type)) return new Response(null, { status: 204 });
    const answer = await fetch(TARGET, {
      method: "POST",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "user-agent": "trackback-relay",
      },
      body: JSON.stringify({ event_type: "trackback" }),
    });
    // Anything but 2xx has the service try again.
    return new Response(answer.ok ? null : `GitHub answered ${answer.status}.`, { status: answer.ok ? 204 : 502 });
  },
};

async function isSigned(headers, body, secret) {
  const id = headers.get("webhook-id") ?? "";
  const time = headers.get("webhook-timestamp") ?? "";
  if (!(Math.abs(Date.now() / 1000 - Number(time)) <= MINUTES * 60)) return false;
  const key = await crypto.subtle.importKey(
    "raw", bytes(secret.replace(/^whsec_/, "")), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const message = new TextEncoder().encode(`${id}.${time}.${body}`);
  for (const signature of (headers.get("webhook-signature") ?? "").split(" ").slice(0, 5)) {
    if (signature.startsWith("v1,") && (await verify(key, signature.slice(3), message))) return true;
  }
  return false;
}

async function verify(key, signature, message) {
  try {
    return await crypto.subtle.verify("HMAC", key, bytes(signature), message);
  } catch {
    return false; // it is no base64
  }
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt());
}
