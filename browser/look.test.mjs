// What single pages show, from the samples: with forced colours what is current and what is done can be told; a week of times
// opens with the earliest; a card of the directory is a link as a whole.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { BROWSER_ON_PHONE, DESK, context, launch } from './chromium.mjs';
import { defineColours } from './layout.mjs';
import { file, serve } from './samples.mjs';

const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

describe('what is current, done and first', () => {
  let browser;
  const sites = {};
  before(async () => {
    browser = await launch();
    for (const language of ['ja', 'en']) sites[language] = await serve(join(samples, language));
  });
  after(async () => {
    await browser.close();
    for (const site of Object.values(sites)) site.close();
  });

  // Runs `work` on the sample pages of these names.
  async function onPages(wanted, { device = DESK, language = 'ja', media = {} }, work) {
    const shown = await context(browser, { device, language });
    await shown.addInitScript(defineColours);
    const page = await shown.newPage();
    await page.emulateMedia(media);
    for (const name of wanted) {
      await page.goto(`${sites[language].url}/${file(name)}`);
      await work(page, name);
    }
    await shown.close();
  }

  it('with forced colours the step that is under way differs from those behind and those to come', async () => {
    await onPages(['reception/authenticate/android'], { media: { forcedColors: 'active' } }, async (page) => {
      const looks = await page.evaluate(() =>
        Object.fromEntries(
          ['done', 'current', 'ahead'].map((progress) => {
            const { backgroundColor, borderTopColor } = getComputedStyle(document.querySelector(`.steps .${progress} > .mark`));
            return [progress, { ground: backgroundColor, border: borderTopColor }];
          }),
        ),
      );
      for (const other of ['done', 'ahead']) {
        assert.notEqual(looks.current.ground, looks[other].ground, other);
        assert.notEqual(looks.current.border, looks[other].border, other);
      }
      const number = await page.evaluate(() => {
        const mark = document.querySelector('.steps .current > .mark');
        return window.contrast(getComputedStyle(mark).color, getComputedStyle(mark).backgroundColor);
      });
      assert.ok(number >= 4.5, `the number of the step has a contrast of ${number}`);
    });
  });

  it('with forced colours the menu marks the current entry alone', async () => {
    await onPages(['terminal/receptions/listed', 'consult/desk/day'], { media: { forcedColors: 'active' } }, async (page, name) => {
      const entries = await page.evaluate(() =>
        [...document.querySelectorAll('.menu a')].map((entry) => {
          const { borderBottomColor, borderBottomWidth, outlineStyle } = getComputedStyle(entry);
          const underlined = parseFloat(borderBottomWidth) > 0 && window.contrast(borderBottomColor, window.groundOf(entry)) > 1.1;
          return { label: entry.textContent, current: entry.ariaCurrent === 'page', outlined: outlineStyle !== 'none', underlined };
        }),
      );
      assert.ok(entries.length > 1 && entries.filter(({ current }) => current).length === 1, `${name}: ${JSON.stringify(entries)}`);
      for (const { label, current, outlined, underlined } of entries) {
        assert.equal(outlined, current, `${name}: ${label}, outline`);
        assert.equal(underlined, current, `${name}: ${label}, underline`);
      }
    });
  });

  it('with forced colours the tick of what is done has the colour of the page, on a disc of the colour of letters', async () => {
    for (const colorScheme of ['light', 'dark']) {
      await onPages(['consult/returned/registered'], { media: { forcedColors: 'active', colorScheme } }, async (page) => {
        const colours = await page.evaluate(() => {
          const drawing = document.querySelector('.drawing');
          const disc = getComputedStyle(drawing.querySelector('.d-accent')).fill;
          const tick = getComputedStyle(drawing.querySelector('.d-done')).stroke;
          return { disc, tick, letters: getComputedStyle(document.body).color, ground: window.groundOf(drawing) };
        });
        assert.equal(colours.disc, colours.letters, colorScheme);
        assert.equal(colours.tick, colours.ground, colorScheme);
        assert.notEqual(colours.letters, colours.ground, colorScheme);
      });
    }
  });

  it('of the days of a week one is unfolded, and the earliest time is in sight on arrival', async () => {
    for (const language of ['ja', 'en']) {
      await onPages(['consult/slots/book', 'consult/slots/move', 'consult/slots/lost'], { device: BROWSER_ON_PHONE, language }, async (page, name) => {
        const { open, folded, earliest } = await page.evaluate(() => {
          const earliest = document.querySelector('.button.primary[name=start]').getBoundingClientRect();
          return {
            open: document.querySelectorAll('.days details[open]').length,
            folded: document.querySelectorAll('.days details:not([open])').length,
            earliest: { top: earliest.top, bottom: earliest.bottom, screen: innerHeight },
          };
        });
        assert.equal(open, 1, `${name}: unfolded days`);
        assert.ok(folded > 0, `${name}: folded days`);
        assert.ok(earliest.top >= 0 && earliest.bottom <= earliest.screen, `${name}, ${language}: ${JSON.stringify(earliest)}`);
      });
    }
  });

  it('a card of the directory opens by its whole face, and its link is as high as a finger needs', async () => {
    await onPages(['consult/home/all'], { device: BROWSER_ON_PHONE }, async (page) => {
      const cards = await page.evaluate(() =>
        [...document.querySelectorAll('.link-card')].map((card) => {
          const link = card.querySelector('h3 a');
          card.scrollIntoView({ block: 'center' });
          const { left, right, top, bottom } = card.getBoundingClientRect();
          const points = [[0.5, 0.5], [0.05, 0.9], [0.95, 0.9], [0.95, 0.1]];
          const whole = points.every(([x, y]) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y) === link);
          return { title: link.textContent, height: link.getBoundingClientRect().height, whole };
        }),
      );
      assert.ok(cards.length > 1);
      for (const { title, height, whole } of cards) {
        assert.ok(height >= 44, `${title}: ${height} px`);
        assert.ok(whole, `${title}: not its whole face`);
      }
    });
  });
});
