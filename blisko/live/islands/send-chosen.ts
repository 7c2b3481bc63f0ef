/** `<send-chosen>` in a form, around its file field: whatever is chosen is sent at once. Its style hides `[data-plain]`, the button for where no script runs. */
export class SendChosen extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", () => this.closest("form")?.requestSubmit());
  }
}

customElements.define("send-chosen", SendChosen);
