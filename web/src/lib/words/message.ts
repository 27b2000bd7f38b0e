/**
 * The server's sentences, as they read best where they stand on a screen. Pure.
 */
import { span } from './time';

/** `240 minutes` is four hours to a reader. */
export function inHours(message: string): string {
  return message.replace(/([1-9]\d*) minutes/g, (_, minutes) => span(Number(minutes) * 60_000));
}

/** Without whom or what it is about, where that stands beside it: `lacks skill WELD`. */
export function withoutSubject(message: string, id: string): string {
  const told = /^(?:operator|machine|work order) (\S+) (.*)$/is.exec(message);
  return told?.[1] === id ? (told[2] ?? message) : message;
}

/** Calls people by name, as far as the reader may know it. */
export function called(message: string, nameOf: (id: string) => string): string {
  return message.replace(/\boperator ([\w.-]*\w)/gi, (whole, id: string) =>
    nameOf(id) === id ? whole : nameOf(id),
  );
}
