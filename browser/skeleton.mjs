// The structure of a page without its texts: what axe judges depends on it. Pages of one skeleton differ in words, numbers and
// addresses alone, and one of them stands for all. A span that only marks a language is no structure, or no English page, with
// its Japanese names, would be of one structure with the Japanese page.

// Of these the value counts; of all others (ids, names, addresses, labels) whether it is there.
const BY_VALUE = [
  'aria-current', 'aria-expanded', 'aria-hidden', 'aria-live', 'aria-modal', 'autocomplete', 'class', 'hidden', 'inputmode', 'role',
  'scope', 'style', 'tabindex', 'type',
];

// The skeleton of the page in a tab. Equal neighbours (rows, entries of a list) count once.
export function skeleton(page) {
  return page.evaluate((byValue) => {
    const attribute = ({ name, value }) => {
      if (byValue.includes(name)) return `${name}=${value}`;
      return value.trim() ? name : `${name}=`;
    };
    const marksLanguage = ({ localName, attributes }) =>
      localName === 'span' && [...attributes].every(({ name }) => name === 'lang');
    const outline = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? ['text'] : [];
      if (node.nodeType !== Node.ELEMENT_NODE) return [];
      const name = `${node.localName}[${[...node.attributes].map(attribute).sort().join()}]`;
      if (node.localName === 'svg') return [name];
      const parts = [...node.childNodes].flatMap(outline);
      if (marksLanguage(node)) return parts;
      return [`${name}(${parts.filter((part, index) => part !== parts[index - 1]).join(' ')})`];
    };
    return outline(document.body).join();
  }, BY_VALUE);
}
