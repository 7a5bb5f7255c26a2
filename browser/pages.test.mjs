// Every page in every state, from the samples that the rooms give: free of axe violations, in both languages, in phone
// and desk size, with everything opened, without sideways scrolling, with targets that a thumb can hit.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DESK, PHONE, context, launch } from './chromium.mjs';
import { each, file, names, serve } from './samples.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

// Tabs of one context share a process; one that stays open keeps it, and what it has compiled.
const AT_ONCE = 2;

// The pages have no styles or media of other sites to load first, and only violations are told.
const RULES = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
  preload: false,
};

// By how much a page is wider than its screen.
function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

// Japanese on a page of another language that does not say so (WCAG 2.2 §3.1.2). Some elements take nothing but text.
function unmarked(page) {
  return page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(data);
      const says = parentElement.closest('[lang]').lang === 'ja';
      const mixed = parentElement.closest('option') && /[A-Za-z]/.test(data);
      if (japanese && !says && !mixed && !parentElement.closest('textarea')) found.push(data.trim());
    }
    return found;
  });
}

// What axe says of the page in a tab, or of what is opened in it, as lines.
async function judged(page, selector) {
  const found = await page.evaluate(
    ([selector, rules]) => window.axe.run(selector ? { include: [selector] } : document, rules),
    [selector, RULES],
  );
  const wrong = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`,
  );
  const wide = await overhang(page);
  return wide > 0 ? [...wrong, `${wide} px wider than the screen`] : wrong;
}

// Opens what is folded away, which nobody judges else.
function opened(page, selector) {
  return page.evaluate((selector) => {
    const folded = [...document.querySelectorAll(selector)].filter((details) => !details.open);
    for (const details of folded) details.open = true;
    return folded.map((details) => details.textContent).join();
  }, selector);
}

describe('every page in every state', () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  for (const language of ['ja', 'en']) {
    it(`${language}, as large as a phone and as a desk`, async () => {
      const folder = join(samples, language);
      const site = await serve(folder, { '/axe.js': axe });
      const contexts = await Promise.all(Array.from({ length: AT_ONCE }, () => context(browser, { device: PHONE, language })));
      const tabs = await Promise.all(contexts.map((shown) => shown.newPage()));
      const menus = new Set();
      const wrong = [];
      await each(await names(folder), AT_ONCE, async (name) => {
        const page = tabs.pop();
        await page.setViewportSize(DESK.viewport);
        await page.goto(`${site.url}/${file(name)}`);
        for (const [size, { viewport }] of [['desk', DESK], ['phone', PHONE]]) {
          await page.setViewportSize(viewport);
          const wide = await overhang(page);
          if (wide > 0) wrong.push(`${name}, ${size}, folded: ${wide} px wider than the screen`);
        }
        if (language !== 'ja') {
          for (const text of await unmarked(page)) wrong.push(`${name}: ${text} is not marked as Japanese`);
        }
        await opened(page, 'main details');
        await page.addScriptTag({ url: `${site.url}/axe.js` });
        for (const [size, { viewport }] of [['phone', PHONE], ['desk', DESK]]) {
          await page.setViewportSize(viewport);
          for (const line of await judged(page)) wrong.push(`${name}, ${size}: ${line}`);
        }
        // The menu lies over the page and is the same on many.
        const menu = await opened(page, 'header details');
        if (menu && !menus.has(menu)) {
          menus.add(menu);
          for (const [size, { viewport }] of [['desk', DESK], ['phone', PHONE]]) {
            await page.setViewportSize(viewport);
            for (const line of await judged(page, 'header details')) wrong.push(`${name}, ${size}, menu: ${line}`);
          }
        }
        tabs.push(page);
      });
      await Promise.all(contexts.map((shown) => shown.close()));
      site.close();
      assert.deepEqual(wrong, []);
    });
  }
});
