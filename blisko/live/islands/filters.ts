/** The filters of the plan: what stands in the form stands in the address, and the Back button leads through them. */
import { queryOf } from "./talk";

const rest = 400;

/** Puts the values of an address into a form. */
export function fill(form: HTMLFormElement, query: URLSearchParams): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = query.get(field.name) === field.value;
    else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = query.get(field.name) ?? "";
  }
}

export class Filters {
  #timer = 0;

  constructor(private host: HTMLElement, private changed: () => void) {
    host.addEventListener("input", this.#onInput);
    host.addEventListener("change", this.#onInput);
    host.addEventListener("submit", this.#onSubmit);
    addEventListener("popstate", this.#onPop);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.host.removeEventListener("input", this.#onInput);
    this.host.removeEventListener("change", this.#onInput);
    this.host.removeEventListener("submit", this.#onSubmit);
    removeEventListener("popstate", this.#onPop);
  }

  get #form(): HTMLFormElement | null {
    return this.host.querySelector("form[data-filters]");
  }

  #onInput = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    if (field.form !== this.#form || (event.type === "input" && field.type !== "search")) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#apply(), event.type === "change" ? 0 : rest);
  };

  #onSubmit = (event: SubmitEvent): void => {
    if (event.target !== this.#form) return;
    event.preventDefault();
    this.#apply();
  };

  #apply(): void {
    const form = this.#form;
    if (!form) return;
    const query = queryOf(new FormData(form));
    if (query === queryOf(new URLSearchParams(location.search))) return;
    history.pushState(null, "", `${location.pathname}${query ? `?${query}` : ""}`);
    this.#follow();
    this.changed();
  }

  #onPop = (): void => {
    if (this.#form) fill(this.#form, new URLSearchParams(location.search));
    this.#follow();
    this.changed();
  };

  /** Links to the same plan in another form, and forms that come back to it, lead to the same filters. */
  #follow(): void {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-same-query]")) link.search = location.search;
    for (const field of document.querySelectorAll<HTMLInputElement>("input[name=back]")) field.value = location.search.slice(1);
  }
}
