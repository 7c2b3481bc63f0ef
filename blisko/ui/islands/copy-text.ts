/** `<copy-text text="…" done="Copied">` around a button: copies the text and shows `done` for two seconds. */
export class CopyText extends HTMLElement {
  #back = 0;

  connectedCallback(): void {
    this.hidden = !navigator.clipboard;
    this.addEventListener("click", this.#copy);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#copy);
    clearTimeout(this.#back);
  }

  #copy = async (): Promise<void> => {
    const label = this.querySelector("[data-label]");
    await navigator.clipboard.writeText(this.getAttribute("text") ?? "");
    this.dispatchEvent(new CustomEvent("blisko:copied", { bubbles: true }));
    const done = this.getAttribute("done");
    if (!label || !done || this.#back) return;
    const before = label.textContent;
    label.textContent = done;
    this.#back = window.setTimeout(() => {
      label.textContent = before;
      this.#back = 0;
    }, 2000);
  };
}

if (!customElements.get("copy-text")) customElements.define("copy-text", CopyText);
