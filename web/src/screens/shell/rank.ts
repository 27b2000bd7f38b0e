/**
 * How well a text matches an id and names: an id that begins with it wins; case and accents do not
 * count. Pure.
 */

/** As it is compared: Muller finds Müller. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
}

/** 0 is best; null is no match. */
export function rank(text: string, id: string, ...names: string[]): number | null {
  const wanted = fold(text.trim());
  const own = fold(id);
  if (own === wanted) return 0;
  if (own.startsWith(wanted)) return 1;
  const words = names.map(fold);
  if (words.some((name) => name.startsWith(wanted))) return 2;
  if (own.includes(wanted)) return 3;
  return words.some((name) => name.includes(wanted)) ? 4 : null;
}
