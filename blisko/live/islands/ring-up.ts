/** Around a link that rings somebody: tells the house that it was tapped; the call itself needs neither script nor net. */
import { csrfToken } from "../../ui/islands/csrf";

export class RingUp extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const to = this.getAttribute("to");
      if (to && (event.target as Element | null)?.closest("a")) {
        void fetch(to, { method: "POST", keepalive: true, headers: { "X-CSRFToken": csrfToken(document, document.cookie) } }).catch(() => undefined);
      }
    });
  }
}

customElements.define("ring-up", RingUp);
