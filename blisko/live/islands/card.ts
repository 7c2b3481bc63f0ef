/** The card that says more about the visit under the pointer or the focus, and lights its promise. */
import type { Bar } from "./board";
import { fillCard, make } from "./pieces";

const wait = 350;
const next = 60;

export class Card {
  #element = make("tl-card");
  #timer = 0;

  constructor(private host: HTMLElement) {
    this.#element.hidden = true;
    this.#element.setAttribute("aria-hidden", "true");
  }

  open(): void {
    this.host.append(this.#element);
  }

  /** Shows a visit after a moment of rest, sooner while a card is open already. */
  soon(bar: Bar, cell: HTMLElement): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.show(bar, cell), this.#element.hidden ? wait : next);
  }

  show(bar: Bar, cell: HTMLElement): void {
    clearTimeout(this.#timer);
    if (!cell.isConnected) return;
    const plain = [bar.stateText, ...bar.lines].map((text) => ({ text, tone: "" }));
    fillCard(this.#element, `${bar.when} ${bar.who}`, [...plain, ...bar.flags.map((text) => ({ text, tone: "danger" }))]);
    this.#element.hidden = false;
    const box = cell.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const left = Math.max(8, Math.min(innerWidth - width - 8, box.left));
    const top = box.bottom + height + 12 > innerHeight ? box.top - height - 8 : box.bottom + 8;
    this.#element.style.transform = `translate3d(${left}px, ${Math.max(8, top)}px, 0)`;
    this.#dim();
    this.host.querySelector(`.tl-window[data-of="${bar.id}"]`)?.classList.add("is-meant");
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#element.hidden = true;
    this.#dim();
  }

  #dim(): void {
    for (const band of this.host.querySelectorAll(".tl-window.is-meant")) band.classList.remove("is-meant");
  }
}
