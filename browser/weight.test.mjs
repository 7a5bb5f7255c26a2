// What a phone on a slow line must fetch: no page over 40 kB over the wire on first load.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { context, launch, ANDROID } from './chromium.mjs';
import { start } from './demo.mjs';

const MOST = 40_000;

it('no first load is over 40 kB', { timeout: 120_000 }, async () => {
  const [browser, demo] = await Promise.all([launch(), start()]);
  try {
    const institutions = await demo.control('institutions');
    const heavy = [];
    for (const address of [
      demo.home,
      `${demo.home}/people`,
      `${demo.home}/institutions`,
      demo.consult,
      `${demo.consult}/institutions/${institutions[0]}`,
      `${demo.consult}/institutions/${institutions[0]}/menus/1`,
      `${demo.consult}/help/card`,
      `${demo.consult}/sign-in`,
      `${demo.consult}/desk/sign-in`,
      demo.reception,
      `${demo.reception}/review`,
      demo.portal,
      `${demo.portal}/store`,
      `${demo.terminal}/sign-in`,
    ]) {
      const shown = await context(browser, { agent: ANDROID });
      const page = await shown.newPage();
      const wire = await shown.newCDPSession(page);
      await wire.send('Network.enable');
      let bytes = 0;
      wire.on('Network.loadingFinished', (loaded) => (bytes += loaded.encodedDataLength));
      const answer = await page.goto(address, { waitUntil: 'networkidle' });
      assert.equal(answer.status(), 200, address);
      if (bytes > MOST) heavy.push(`${address}: ${bytes}`);
      assert.ok(bytes > 0, address);
      await shown.close();
    }
    assert.deepEqual(heavy, []);
  } finally {
    await browser.close();
    await demo.stop();
  }
});
