const LINE_EVERY_MS = 15_000;

/**
 * Prints the steps of a start: one line as each ends, with the time it took. While one runs, a terminal shows
 * a line that counts its seconds; anything else gets a line every 15 s, after a minute every 60 s, so that a long
 * step is seen to live.
 * Steps may run at the same time.
 */
export function openProgress(stream = process.stdout) {
  const running = new Map();
  let ticker;

  // A reader that went away (`npm start | head`) must not end what was started.
  stream.on('error', () => {});

  function clear() {
    if (stream.isTTY && running.size > 0) stream.write('\r\x1b[K');
  }

  function show() {
    if (!stream.isTTY || running.size === 0) return;
    const oldest = Math.min(...running.values());
    const text = `  ${[...running.keys()].join(', ')} … ${seconds(oldest)} s`;
    stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`);
  }

  function tick() {
    if (stream.isTTY) return show();
    for (const [label, startedAt] of running) {
      const lasted = seconds(startedAt);
      // Often at first, then once a minute: a step of many minutes must not fill the page.
      if (lasted <= 60 || lasted % 60 < LINE_EVERY_MS / 1000) stream.write(`  ${label} … ${lasted} s\n`);
    }
  }

  function line(text) {
    clear();
    stream.write(`${text}\n`);
    show();
  }

  /** Runs `work`; prints what it gives as `done` (its label, where that gives nothing) once it has ended. */
  async function step(label, work, done = () => label) {
    const startedAt = Date.now();
    running.set(label, startedAt);
    ticker ??= setInterval(tick, stream.isTTY ? 1_000 : LINE_EVERY_MS);
    show();
    let text;
    try {
      const result = await work();
      text = `  ${done(result)} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`;
      return result;
    } finally {
      clear();
      running.delete(label);
      if (running.size === 0) {
        clearInterval(ticker);
        ticker = undefined;
      }
      if (text) stream.write(`${text}\n`);
      show();
    }
  }

  return { line, step };
}

function seconds(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}
