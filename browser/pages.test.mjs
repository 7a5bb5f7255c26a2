// Every page in every state, from the samples that the rooms give, in both languages and with everything opened: free of axe
// violations, in light and dark; on a narrow phone, with letters of normal and of twice the size, and on a desk nothing
// leaves the screen or is cut; what has the focus is in sight, and it is what comes first where something is to be put right
// or typed; lines break between phrases; the dark scheme is dark; on a desk all begins at one left edge.
// Pages of the same structure in either language are judged by axe once; labels, references and landmarks, which depend on
// more than structure, are checked on each by html.test.mjs. In the dark scheme the same elements lie in the same places, so
// each combination of ink and ground is judged once. With UKETSUKE_EVERY_PAGE axe judges every page in both schemes.
// A page that was found right, and has not changed since, with all that its look depends on, is not judged again: judged.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DESK, PHONE, context, launch } from './chromium.mjs';
import { LETTERS, brokenPhrases, defineColours, hidden, inks, leftEdges, misplaced, offScheme, setLetters, unfocused } from './layout.mjs';
import { JudgedPages } from './judged.mjs';
import { each, file, names, serve } from './samples.mjs';
import { skeleton } from './skeleton.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

// Tabs of one context share a process; one that stays open keeps it, and what it has compiled.
const AT_ONCE = 2;
// The narrowest screen of WCAG 2.2 (1.4.10).
const NARROW = { width: 320, height: 664 };

// The pages have no styles or media of other sites to load first, and only violations are told.
const OPTIONS = { resultTypes: ['violations'], preload: false };
const ALL = { ...OPTIONS, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
// What the width of the screen changes where the elements stay the same. A table is laid out as rows of a list on a phone.
const BY_WIDTH = { ...OPTIONS, runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } };
const CONTRAST = { ...OPTIONS, runOnly: { type: 'rule', values: ['color-contrast'] } };

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

// Marks of a language that is none of the service's. Structure does not tell them apart.
function unknownLanguages(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('[lang]')].map(({ lang }) => lang).filter((lang) => lang !== 'ja' && lang !== 'en'),
  );
}

// What axe says of the page in a tab, or of a part of it, as lines.
async function judged(page, options, selector) {
  const found = await page.evaluate(
    ([selector, options]) => window.axe.run(selector ? { include: [selector] } : document, options),
    [selector, options],
  );
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`,
  );
}

// Opens what is folded away, which nobody judges else; or folds it again.
function setOpen(page, selector, open) {
  return page.evaluate(
    ([selector, open]) => {
      const changed = [...document.querySelectorAll(selector)].filter((details) => details.open !== open);
      for (const details of changed) details.open = open;
      return changed.map((details) => details.textContent).join();
    },
    [selector, open],
  );
}

const everyPage = Boolean(process.env.UKETSUKE_EVERY_PAGE);

describe('every page in every state', () => {
  let browser;
  const judgedSkeletons = new Set();
  const judgedInks = new Set();
  let judgedPages;
  before(async () => {
    judgedPages = await JudgedPages.read([axe, join(samples, 'ja', 'assets')]);
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    if (process.env.UKETSUKE_RECORD_PAGES) await judgedPages.write();
  });

  it('two pages are of one structure where texts differ, and not where elements do', async () => {
    const shown = await context(browser);
    const page = await shown.newPage();
    const structure = async (html) => {
      await page.setContent(html);
      return skeleton(page);
    };
    const list = await structure('<main><ul><li>one</li><li>two</li></ul><img src="a.png" alt="A"></main>');
    assert.equal(await structure('<main><ul><li>一</li></ul><img src="b.png" alt="B"></main>'), list);
    const marked = '<main><ul><li><span>one <span lang="ja">一</span></span></li></ul><img src="b.png" alt="B"></main>';
    assert.equal(await structure(marked), list);
    for (const other of [
      '<main><ul><li>one</li></ul><img src="a.png"></main>',
      '<main><ul><li>one</li></ul><img src="a.png" alt=""></main>',
      '<main><ul><li></li></ul><img src="a.png" alt="A"></main>',
      '<main><ul class="cards"><li>one</li></ul><img src="a.png" alt="A"></main>',
      '<main><ul><li><span class="mark" lang="ja">one</span></li></ul><img src="a.png" alt="A"></main>',
      '<main><ul><li lang="ja">one</li></ul><img src="a.png" alt="A"></main>',
      '<div><ul><li>one</li></ul><img src="a.png" alt="A"></div>',
    ]) {
      assert.notEqual(await structure(other), list, other);
    }
    await shown.close();
  });

  for (const language of ['ja', 'en']) {
    it(`${language}, on a narrow phone with small and large letters, in light and dark, and on a desk`, async () => {
      const folder = join(samples, language);
      const site = await serve(folder, { '/axe.js': axe });
      const contexts = await Promise.all(
        Array.from({ length: AT_ONCE }, () => context(browser, { device: { ...PHONE, viewport: NARROW }, language })),
      );
      const tabs = await Promise.all(
        contexts.map(async (shown) => {
          await shown.addInitScript(defineColours);
          const page = await shown.newPage();
          return { page, wire: await shown.newCDPSession(page) };
        }),
      );
      const menus = new Set();
      const wrong = [];
      await each(await names(folder), AT_ONCE, async (name) => {
        const sample = join(folder, file(name));
        const line = await judgedPages.line(language, name, sample);
        if (!everyPage && judgedPages.has(line)) return judgedPages.add(line);
        const tab = tabs.pop();
        const { page, wire } = tab;
        const before = wrong.length;
        const note = (state, lines) => wrong.push(...lines.map((line) => `${name}, ${state}: ${line}`));
        await page.goto(`${site.url}/${file(name)}`);
        note('phone', await unfocused(page));
        note('phone', await brokenPhrases(page));
        note('language', await unknownLanguages(page));
        if (language !== 'ja') note('language', await unmarked(page));
        const structure = await skeleton(page);
        const unjudged = everyPage || !judgedSkeletons.has(structure);
        judgedSkeletons.add(structure);
        if (unjudged) await page.addScriptTag({ url: `${site.url}/axe.js` });
        await setOpen(page, 'main details', true);
        if (unjudged) note('phone', await judged(page, ALL));
        note('phone', await hidden(page));
        // The menu lies over the page and is the same on many.
        const menu = await setOpen(page, 'header details', true);
        const unknown = unjudged && menu && !menus.has(menu);
        if (unknown) menus.add(menu);
        if (unknown) note('phone, menu', await judged(page, ALL, 'header details'));
        note('phone', await misplaced(page));
        await setLetters(wire, LETTERS.double);
        note('phone, large letters', await misplaced(page));
        await setLetters(wire, LETTERS.normal);
        await setOpen(page, 'header details', false);
        if (unjudged) {
          note('light', await offScheme(page, 'light'));
          await page.emulateMedia({ colorScheme: 'dark' });
          note('dark', await offScheme(page, 'dark'));
          const shownInks = await inks(page);
          if (everyPage || shownInks.some((ink) => !judgedInks.has(ink))) note('dark', await judged(page, CONTRAST));
          for (const ink of shownInks) judgedInks.add(ink);
          await page.emulateMedia({ colorScheme: 'light' });
        }
        await page.setViewportSize(DESK.viewport);
        if (unjudged) {
          const table = await page.evaluate(() => document.querySelector('table') !== null);
          note('desk', await judged(page, table ? ALL : BY_WIDTH));
        }
        note('desk', await misplaced(page));
        note('desk', await leftEdges(page));
        await page.setViewportSize(NARROW);
        if (wrong.length === before) judgedPages.add(line);
        tabs.push(tab);
      });
      await Promise.all(contexts.map((shown) => shown.close()));
      site.close();
      assert.deepEqual(wrong, []);
    });
  }
});
