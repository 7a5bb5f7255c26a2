// Asks how things stand, and goes on when they are done. Only ever within this origin.
const LONGEST = 30_000;

for (const waiting of document.querySelectorAll("[data-poll]")) {
  const every = Math.max(500, Number(waiting.dataset.every) || 2_000);
  const status = waiting.querySelector("[role=status]");
  const label = status.textContent;
  let misses = 0;
  let timer;

  const say = (words) => {
    if (status.textContent !== words) status.textContent = words;
  };

  const later = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.min(every * 2 ** misses, LONGEST));
  };

  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.poll, {
        headers: { accept: "application/json" },
        cache: "no-store",
        redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.status);
      const { next } = await answer.json();
      misses = 0;
      say(label);
      if (next) {
        const address = new URL(next, location.href);
        if (address.origin === location.origin) {
          say(waiting.dataset.ready);
          location.assign(address);
          return;
        }
      }
    } catch {
      misses += 1;
      if (misses > 1) say(waiting.dataset.trouble);
    }
    later();
  };

  // Whoever comes back to this tab wants to know at once.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) ask();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  later();
}
