/** `<page-seen to="…">` says once that a person has the page before his eyes; a preview or a prefetched page is seen by nobody. */
const GLANCE = 1000; // milliseconds

export function isSeen(page: { visibilityState: string; prerendering?: boolean }): boolean {
  return page.visibilityState === "visible" && !page.prerendering;
}

export class PageSeen extends HTMLElement {
  #wait = 0;

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.#look);
    document.addEventListener("prerenderingchange", this.#look);
    this.#look();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#look);
    document.removeEventListener("prerenderingchange", this.#look);
    clearTimeout(this.#wait);
  }

  #look = (): void => {
    clearTimeout(this.#wait);
    if (isSeen(document)) this.#wait = window.setTimeout(this.#say, GLANCE);
  };

  #say = (): void => {
    this.disconnectedCallback();
    this.dispatchEvent(new CustomEvent("blisko:seen", { bubbles: true }));
    // Nothing depends on it, so nobody is told when it does not arrive.
    void fetch(this.getAttribute("to") ?? "", { method: "POST", keepalive: true }).catch(() => undefined);
  };
}

if (!customElements.get("page-seen")) customElements.define("page-seen", PageSeen);
