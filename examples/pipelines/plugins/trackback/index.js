// Sends a site's TrackBacks when it has been deployed, and keeps the ledger in the build's cache.

const FEED = 'https://blog.example/feed.xml';
const SENDER = 'git+https://PROJECT.git'; // what pip installs: this project's address
const LEDGER = 'trackback.json';

export const onSuccess = async ({ utils: { cache, run, status } }) => {
  if (process.env.CONTEXT !== 'production') return; // previews are no posts
  await cache.restore(LEDGER);
  try {
    await run('python3', ['-m', 'venv', '.trackback']);
    await run('.trackback/bin/pip', ['install', '--quiet', SENDER]);
    await run('.trackback/bin/trackback', ['send', '--feed', FEED, '--since-last', '--ledger', LEDGER]);
  } catch (error) {
    status.show({ summary: `TrackBacks were not sent: ${error.message}` }); // the site itself is there
  }
  await cache.save(LEDGER);
};
