/** Runs in the page before its own code (scripts/benchStudio.mjs): watches what the page itself need not know. */
const bench = { shownMs: null, frames: null };
window.bench = bench;

new MutationObserver((_changes, observer) => {
  if (!document.querySelector('.start-drop')) return;
  observer.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => (bench.shownMs = performance.now())));
}).observe(document, { childList: true, subtree: true });

/** Collects the times of frames for `ms` after the next key. */
bench.recordFrames = (ms) => {
  const times = [];
  bench.frames = new Promise((resolve) => {
    const frame = (now) => {
      times.push(now);
      if (now - times[0] < ms) requestAnimationFrame(frame);
      else resolve(times);
    };
    addEventListener('keydown', () => requestAnimationFrame(frame), { once: true, capture: true });
  });
};
