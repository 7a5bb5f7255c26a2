// Which pages were found right, by what they were: judged-pages.txt has a line for each, with a digest of its HTML and of all that
// its look and the judgement depend on (styles, scripts, axe, these tests). What has not changed since need not be judged again:
// ten minutes of two cores. `cargo xtask nightly` judges every page, `cargo xtask test --record` writes the list anew.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LIST = join(import.meta.dirname, 'judged-pages.txt');
const TESTS = ['chromium.mjs', 'judged.mjs', 'layout.mjs', 'pages.test.mjs', 'samples.mjs', 'skeleton.mjs'];

async function contents(path) {
  try {
    const entries = (await readdir(path)).sort();
    return Buffer.concat(await Promise.all(entries.map((entry) => contents(join(path, entry)))));
  } catch (error) {
    if (error.code !== 'ENOTDIR') throw error;
    return readFile(path);
  }
}

export class JudgedPages {
  #shared;
  #known;
  #current = new Set();

  // `shared` are the files and folders that every page depends on, besides these tests.
  static async read(shared) {
    const pages = new JudgedPages();
    const hash = createHash('sha256');
    for (const path of [...TESTS.map((test) => join(import.meta.dirname, test)), ...shared]) hash.update(await contents(path));
    pages.#shared = hash.digest();
    const lines = (await readFile(LIST, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    pages.#known = new Set(lines);
    return pages;
  }

  // The line of this page as it is.
  async line(language, name, file) {
    const hash = createHash('sha256').update(this.#shared).update(await readFile(file));
    return `${language} ${name} ${hash.digest('hex').slice(0, 16)}`;
  }

  // Whether the page of this line was found right.
  has(line) {
    return this.#known.has(line);
  }

  // Notes that the page of this line is right.
  add(line) {
    this.#current.add(line);
  }

  // Writes the pages that are right now; those that are no more are left out.
  async write() {
    await writeFile(LIST, [...this.#current].sort().map((line) => `${line}\n`).join(''));
  }
}
