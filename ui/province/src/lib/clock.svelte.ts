let now = $state(Date.now());

/** This machine's time in milliseconds, moving once a second while {@link tick} runs. */
export function nowMillis(): number {
  return now;
}

/** Starts the clock; the answer stops it. */
export function tick(): () => void {
  const timer = setInterval(() => (now = Date.now()), 1000);
  return () => clearInterval(timer);
}
