/**
 * Asks the API of a plant as one caller. What is not a success is thrown with status and body, so
 * that a test names only what it expects.
 */
export class Api {
  #url;
  #token;

  /**
   * @param {string} url
   * @param {string} token
   */
  constructor(url, token) {
    this.#url = `${url}/api/v1`;
    this.#token = token;
  }

  /** @param {string} path */
  get(path) {
    return this.#ask('GET', path);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   */
  post(path, body = {}) {
    return this.#ask('POST', path, body);
  }

  /**
   * Everything of a list, over all its pages.
   * @param {string} path
   * @returns {Promise<any[]>}
   */
  async all(path) {
    const items = [];
    let cursor = '';
    do {
      const next = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=500${next}`);
      items.push(...page.items);
      cursor = page.next_cursor ?? '';
    } while (cursor);
    return items;
  }

  /**
   * Creates many things of one noun.
   * @param {string} noun
   * @param {object[]} items
   */
  async createAll(noun, items) {
    for (let first = 0; first < items.length; first += 1000) {
      const { results } = await this.post(`/${noun}/batch`, {
        items: items.slice(first, first + 1000),
      });
      const failed = results.find((/** @type {any} */ result) => result.status !== 201);
      if (failed) throw new Error(`${noun}: ${JSON.stringify(failed)}`);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #ask(method, path, body) {
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }
}
