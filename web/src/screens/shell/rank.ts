/**
 * How well a text matches an id and names: an id that begins with it wins. Pure.
 */

/** 0 is best; null is no match. */
export function rank(text: string, id: string, ...names: string[]): number | null {
  const wanted = text.trim().toLowerCase();
  const own = id.toLowerCase();
  if (own === wanted) return 0;
  if (own.startsWith(wanted)) return 1;
  const words = names.map((name) => name.toLowerCase());
  if (words.some((name) => name.startsWith(wanted))) return 2;
  if (own.includes(wanted)) return 3;
  return words.some((name) => name.includes(wanted)) ? 4 : null;
}
