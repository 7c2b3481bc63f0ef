/** `<part-count>` around a number and its two buttons (`data-by`): a thumb in a glove counts up and down; without scripts the number is typed, and they are not shown. */

/** The number after a press: never below `least`; what cannot be read counts as `least`. */
export function counted(words: string, by: number, least: number): number {
  const now = Number.parseInt(words, 10);
  return Math.max(least, (Number.isNaN(now) ? least : now) + by);
}

export class PartCount extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#press);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#press);
  }

  #press = (event: Event): void => {
    const by = (event.target as Element | null)?.closest<HTMLElement>("[data-by]")?.dataset.by;
    const field = this.querySelector("input");
    if (!by || !field) return;
    field.value = String(counted(field.value, Number(by), Number(field.min || 0)));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
}

customElements.define("part-count", PartCount);
