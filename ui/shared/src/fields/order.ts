/** Choices put in order: the canonical text is their names, the first first. */

/** How the choices stand: those of the answer first, in its order, then those it does not name, in the form's. */
export function orderOf(canonical: string | null, names: string[]): string[] {
  const given = (canonical ?? '')
    .split(/\s+/)
    .filter((name, at, all) => names.includes(name) && all.indexOf(name) === at);
  return [...given, ...names.filter((name) => !given.includes(name))];
}

/** Whether an answer puts exactly these choices in order. */
export function isWholeOrder(canonical: string | null, names: string[]): boolean {
  const given = (canonical ?? '').split(/\s+/).filter((name) => name !== '');
  return given.length === names.length && new Set(given).size === names.length && given.every((n) => names.includes(n));
}

/** The same with one choice moved to another place, from 0; places past an end are that end. */
export function moved(order: string[], name: string, to: number): string[] {
  const others = order.filter((other) => other !== name);
  const at = Math.min(others.length, Math.max(0, to));
  return [...others.slice(0, at), name, ...others.slice(at)];
}
