/**
 * The dialog in which somebody is put to work, by the names that its controls are announced with.
 */
export class Dialog {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.root = page.getByRole('dialog', { name: /allocate/i });
  }

  /**
   * @param {'Order' | 'Machine' | 'Person'} what
   * @param {string} id
   */
  async choose(what, id) {
    await this.root.getByRole('combobox', { name: what }).fill(id);
    await this.option(id).first().click();
  }

  /** @param {string} id */
  option(id) {
    return this.page.getByRole('option', { name: new RegExp(`\\b${id}\\b`) });
  }

  reasons() {
    return this.root.getByRole('status').getByRole('listitem');
  }

  /** @param {string} text */
  async giveReason(text) {
    await this.root.getByRole('textbox', { name: /^Reason/ }).fill(text);
  }

  #submitButton() {
    return this.root.getByRole('button', { name: /^(Allocate|Override and allocate|Book)$/ });
  }

  async canSubmit() {
    return (await this.#submitButton().count()) > 0 && (await this.#submitButton().isEnabled());
  }

  async submit() {
    await this.#submitButton().click();
    await this.root.waitFor({ state: 'hidden' });
  }
}
