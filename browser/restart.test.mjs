// A demo that is told to end in the middle of everything, and begins again on the same data: everybody goes on.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { launch } from './chromium.mjs';
import { Desk } from './clinic.mjs';
import { freePair, start } from './demo.mjs';
import { Patient } from './patient.mjs';

it('ended half-way and begun again, everybody goes on where she was', { timeout: 180_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), 'uketsuke-restart-'));
  const [browser, port] = await Promise.all([launch(), freePair()]);
  let demo = await start({ data, port });
  try {
    const patient = await Patient.open(demo, browser, 'restart@example.jp');
    await patient.book('里山ことのは診療所', { day: '2026-11-25' });
    const withPicture = patient.appointment;
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
    await patient.book('星凪内科クリニック', { day: '2026-11-25' });
    const withConsent = patient.appointment;
    await patient.leave();
    await patient.agree();
    // Confirmed, and the card is not read yet.
    const half = patient.page.url();

    // The clock goes on, for what is open is open for minutes.
    const { time } = await demo.control('clock');
    const { code, signal } = await demo.stop();
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
    demo = await start({ data, port, clock: time });
    patient.demo = demo;

    // Her page of the reception goes on to the end.
    await patient.page.goto(half);
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.sees('手続きが終わりました');
    // At the service she is still signed in, and both bookings are there.
    await patient.page.goto(withConsent);
    await patient.sees('マイナ保険証の利用のための手続きは完了しています');
    await patient.page.goto(withPicture);
    await patient.sees('保険証画像を受け付けました。医療機関が確認します。');
    await patient.page.goto(`${demo.consult}/appointments`);
    for (const name of ['里山ことのは診療所', '星凪内科クリニック']) await patient.sees(name);
    // The desk sees the picture.
    const desk = await Desk.open(demo, browser, 'desk@kotonoha.example.jp');
    await desk.visit(withPicture);
    const [picture] = await Promise.all([
      desk.page.waitForResponse((answer) => /\/desk\/pictures\/[^/]+\/whole$/.test(new URL(answer.url()).pathname)),
      desk.picture(),
    ]);
    assert.equal(picture.status(), 200);
    assert.deepEqual([...(await picture.body()).subarray(0, 3)], [0xff, 0xd8, 0xff], 'a JPEG');
    await desk.close();
    await patient.close();
  } finally {
    await browser.close();
    await demo.stop();
    await rm(data, { recursive: true, force: true });
  }
});
