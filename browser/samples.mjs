// The gallery that `uketsuke gallery` writes: one HTML file for each page in each state, with the assets beside them,
// served from this process so that pages behave as on a site.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

const KINDS = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

export async function names(folder) {
  const list = await readFile(join(folder, 'pages.txt'), 'utf8');
  return list.split('\n').filter(Boolean);
}

export function file(name) {
  return `${name.replaceAll('/', '--')}.html`;
}

// Files from elsewhere stand at the addresses that `others` gives them.
export function serve(folder, others = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(/^(\.\.(\/|$))+/, '');
    try {
      const content = await readFile(others[path] ?? join(folder, path));
      const kind = KINDS[path.slice(path.lastIndexOf('.'))] ?? 'application/octet-stream';
      // What the pages share is read once, as on a site.
      const lasting = kind.startsWith('text/html') ? {} : { 'cache-control': 'max-age=600' };
      response.writeHead(200, { 'content-type': kind, ...lasting });
      response.end(content);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  return new Promise((ready) => {
    server.listen(0, '127.0.0.1', () =>
      ready({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }),
    );
  });
}

// Runs `work` for every item, so many at a time.
export async function each(items, atOnce, work) {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
    }),
  );
}
