// A certified OAuth client library, as it is, against the reception: the hand-over of somebody else's service.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { launch } from './chromium.mjs';
import { fetchLocal, start } from './demo.mjs';
import { Patient } from './patient.mjs';

const SERVICE = 'certified-client';
const HOME = 'http://certified-client.localhost:1';

describe('a certified OAuth client', () => {
  let browser, demo, folder, key;
  before(async () => {
    key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwk = await crypto.subtle.exportKey('jwk', key.publicKey);
    folder = await mkdtemp(join(tmpdir(), 'uketsuke-client-'));
    const file = join(folder, 'service.json');
    const service = {
      client_id: SERVICE,
      name: '試験用サービス',
      home: HOME,
      redirect_uris: [`${HOME}/callback`],
      jwks: { keys: [{ ...jwk, kid: 'one', alg: 'ES256', use: 'sig' }] },
    };
    await writeFile(file, JSON.stringify(service));
    // The library reads this machine's clock, so the demo's is left as it is.
    const clock = new Date().toISOString();
    [browser, demo] = await Promise.all([launch(), start({ services: [file], clock })]);
  });
  after(async () => {
    await browser.close();
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('drives the hand-over unchanged', { timeout: 60_000 }, async () => {
    const config = await client.discovery(
      new URL(demo.reception),
      SERVICE,
      undefined,
      client.PrivateKeyJwt({ key: key.privateKey, kid: 'one' }),
      { algorithm: 'oauth2', execute: [client.allowInsecureRequests], [client.customFetch]: fetchLocal },
    );
    const institutions = await (await fetchLocal(`${demo.home}/control/institutions`)).json();
    const visit = new Date(Date.now() + 9 * 3600 * 1000).toISOString().slice(0, 10);
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: `${HOME}/callback`,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      authorization_details: JSON.stringify([
        { type: 'online_eligibility_reception', institution_code: institutions[0].code, visit_date: visit, reference: 'booking-1' },
      ]),
    });
    const patient = await Patient.open(demo, browser, 'nobody@example.jp');
    await patient.page.goto(url.href);
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.heading('あと1つ：手続きを終了する');
    const back = patient.page.waitForRequest((asked) => asked.url().startsWith(HOME));
    await patient.press('手続きを終了する');
    const told = new URL((await back).url());
    const tokens = await client.authorizationCodeGrant(config, told, { pkceCodeVerifier: verifier, expectedState: state });
    const [details] = tokens.authorization_details;
    assert.equal(details.visit_date, visit);
    assert.match(details.reception_number, /^\d{12}$/);
    assert.deepEqual(
      Object.keys(details).sort(),
      ['institution_code', 'reception_number', 'reference', 'type', 'valid_until', 'visit_date'],
    );
    await assert.rejects(
      client.authorizationCodeGrant(config, told, { pkceCodeVerifier: verifier, expectedState: state }),
      (error) => error.error === 'invalid_grant',
    );
    await patient.close();
  });
});
