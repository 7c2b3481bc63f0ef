/** Around a link that rings for help and a form that says so: a tap does both, and what is said waits on the telephone until there is a network. */
export class HelpCall extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      if ((event.target as Element | null)?.closest("a")) this.querySelector("form")?.requestSubmit();
    });
  }
}

customElements.define("help-call", HelpCall);
