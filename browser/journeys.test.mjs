// Whole journeys in a real Chromium, in phone size, each by a person and a browser of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DESK, IPHONE, context, launch } from './chromium.mjs';
import { start } from './demo.mjs';
import { Patient } from './patient.mjs';

const CLINIC = '星凪内科クリニック';

describe('journeys', { concurrency: 3 }, () => {
  let browser, demo;
  before(async () => ([browser, demo] = await Promise.all([launch(), start()])));
  after(async () => {
    await browser.close();
    const { code } = await demo.stop();
    assert.equal(code, 0, 'SIGTERM ends it cleanly');
  });

  const journey = (name, options, walk) =>
    it(name, { timeout: 120_000 }, async () => {
      const patient = await Patient.open(demo, browser, `${Math.random().toString(36).slice(2)}@example.jp`, options);
      try {
        await walk(patient);
      } catch (error) {
        error.message += `\nat ${patient.page.url()}\n${(await patient.page.locator('main').innerText().catch(() => '')).slice(0, 1500)}`;
        throw error;
      } finally {
        await patient.close();
      }
    });

  journey('Android: booked, consented, read, back by itself', {}, async (patient) => {
    await patient.book(CLINIC);
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.sees('2026年11月24日');
  });
});
