// Every page in every state is valid HTML, as a validator that we did not write reads it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';
import { file, names } from './samples.mjs';

const samples = process.env.UKETSUKE_SAMPLES;
assert.ok(samples, 'UKETSUKE_SAMPLES names the folder that `uketsuke gallery` wrote (cargo xtask test does both)');

const validator = new HtmlValidate(
  new FileSystemConfigLoader({
    root: true,
    extends: ['html-validate:standard'],
    rules: {
      // A list may have a name (WAI-ARIA 1.2 §5.2.8.4): that of the steps of a visit says which steps these are.
      'aria-label-misuse': ['error', { allowAnyNamable: true }],
      // A PIN is for the one reading in which it is typed; no browser should keep it.
      'autocomplete-password': 'off',
    },
  }),
);

describe('every page in every state', () => {
  for (const language of ['ja', 'en']) {
    it(`is valid HTML: ${language}`, async () => {
      const wrong = [];
      for (const name of await names(join(samples, language))) {
        const report = await validator.validateString(await readFile(join(samples, language, file(name)), 'utf8'));
        for (const { messages } of report.results) {
          for (const { ruleId, message, line, column } of messages) wrong.push(`${name}:${line}:${column} ${ruleId}: ${message}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});
