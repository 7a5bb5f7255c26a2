// node gallery.mjs HTML-FOLDER PNG-FOLDER [WORD]: every page in every state, phone and desk size.
// With a word, only the pages whose name contains it.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DESK, PHONE, context, launch } from './chromium.mjs';
import { each, file, names, serve } from './samples.mjs';

const [source, target, word = ''] = process.argv.slice(2);
if (!source || !target) {
  console.error('node gallery.mjs HTML-FOLDER PNG-FOLDER [WORD]');
  process.exit(2);
}
const [browser, site] = await Promise.all([launch(), serve(source)]);
const wanted = (await names(source)).filter((name) => name.includes(word));
for (const [size, device] of [['phone', PHONE], ['desk', DESK]]) {
  const shown = await context(browser, { device });
  await each(wanted, 2, async (name) => {
    const page = await shown.newPage();
    await page.goto(`${site.url}/${file(name)}`);
    const path = join(target, size, `${name}.png`);
    await mkdir(dirname(path), { recursive: true });
    await page.screenshot({ path, fullPage: true });
    await page.close();
  });
  await shown.close();
}
await browser.close();
site.close();
console.log(`${wanted.length} pages in two sizes: ${target}`);
