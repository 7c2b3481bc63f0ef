/** `<talk-end>` around a list that scrolls: its last line is in view when it opens and whenever one is added. */
export class TalkEnd extends HTMLElement {
  #watch = new MutationObserver(() => this.#end());
  #size = new ResizeObserver(() => this.#end());

  connectedCallback(): void {
    this.#watch.observe(this, { childList: true, subtree: true });
    this.#size.observe(this);
    this.addEventListener("load", this.#end, true); // a picture takes its room when it has come
  }

  disconnectedCallback(): void {
    this.#watch.disconnect();
    this.#size.disconnect();
    this.removeEventListener("load", this.#end, true);
  }

  #end = (): void => {
    this.scrollTop = this.scrollHeight;
  };
}

customElements.define("talk-end", TalkEnd);
