// Every page in every state, from the samples that the rooms give: free of axe violations, in both languages, in phone
// and desk size, without sideways scrolling, with targets that a thumb can hit.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DESK, PHONE, context, launch } from './chromium.mjs';
import { each, file, names, serve } from './samples.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

describe('every page in every state', () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  for (const language of ['ja', 'en']) {
    for (const [size, device] of [['phone', PHONE], ['desk', DESK]]) {
      it(`${language}, ${size}`, async () => {
        const folder = join(samples, language);
        const site = await serve(folder);
        const shown = await context(browser, { device, language });
        const wrong = [];
        await each(await names(folder), 3, async (name) => {
          const page = await shown.newPage();
          await page.goto(`${site.url}/${file(name)}`);
          await page.evaluate(axe);
          const judge = async (where) => {
            const found = await page.evaluate(
              (runOnly) => window.axe.run(window.opened?.length ? { include: window.opened } : document, { runOnly }),
              ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            );
            for (const violation of found.violations) {
              wrong.push(`${name}${where}: ${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`);
            }
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            if (wide > 0) wrong.push(`${name}${where}: ${wide} px wider than the screen`);
          };
          await judge('');
          // What is folded away is judged by nobody, so it is opened, and it alone is judged again.
          const opened = await page.evaluate(() => {
            window.opened = [...document.querySelectorAll('details:not([open])')];
            for (const details of window.opened) details.open = true;
            return window.opened.length;
          });
          if (opened > 0) await judge(' (opened)');
          await page.close();
        });
        await shown.close();
        site.close();
        assert.deepEqual(wrong, []);
      });
    }
  }
});
