// On a phone the button that decides is in sight when a page opens, and at the PIN every key: on every page of the
// reception and of the app, in every state, in both languages, on a common and on a small phone, as much of it as a
// browser's own bars leave.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { PHONE, context, launch } from './chromium.mjs';
import { each, file, names, serve } from './samples.mjs';

const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

const AT_ONCE = 2;
const SITES = ['reception', 'portal'];
const SCREENS = [{ width: 390, height: 664 }, { width: 320, height: 568 }];

// The app's own first page belongs to the simulation: it lists who there is, and its button stands below the list.
const SCROLLED = /^portal\/home\//;

// What of the page has to be in sight and is not.
function outOfSight(page) {
  return page.evaluate(() => {
    const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().height > 0;
    const wanted = [...document.querySelectorAll('main .button.primary, main .keys .key')].filter(shown);
    return wanted
      .map((element) => ({ label: element.textContent.trim(), ...element.getBoundingClientRect().toJSON() }))
      .filter(({ top, bottom }) => top < 0 || bottom > window.innerHeight)
      .map(({ label, top, bottom }) => `${label} at ${Math.round(top)}–${Math.round(bottom)}`);
  });
}

describe('what decides is in sight', () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  for (const language of ['ja', 'en']) {
    for (const viewport of SCREENS) {
      it(`${language}, ${viewport.width} × ${viewport.height}`, { timeout: 240_000 }, async () => {
        const folder = join(samples, language);
        const site = await serve(folder);
        const shown = await context(browser, { device: { ...PHONE, viewport }, language });
        const tabs = await Promise.all(Array.from({ length: AT_ONCE }, () => shown.newPage()));
        const wrong = [];
        const wanted = (await names(folder)).filter((name) => SITES.some((place) => name.startsWith(`${place}/`)));
        assert.ok(wanted.length > 100, `${wanted.length} pages`);
        await each(wanted, AT_ONCE, async (name) => {
          const page = tabs.pop();
          await page.goto(`${site.url}/${file(name)}`);
          const hidden = await outOfSight(page);
          if (hidden.length > 0 && !SCROLLED.test(name)) wrong.push(`${name}: ${hidden.join(', ')}`);
          tabs.push(page);
        });
        await shown.close();
        site.close();
        assert.deepEqual(wrong, []);
      });
    }
  }
});
