/** `<theme-switch>` around buttons `value="auto|light|dark"`: sets the theme at once and keeps it in a cookie the server reads. */
export type Theme = "auto" | "light" | "dark";

export function asTheme(value: string | null | undefined): Theme {
  return value === "light" || value === "dark" ? value : "auto";
}

/** The cookie that keeps the theme for a year, or ends it for `auto`. */
export function themeCookie(theme: Theme, secure: boolean): string {
  const age = theme === "auto" ? 0 : 365 * 24 * 3600;
  return `blisko_theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure ? "; Secure" : ""}`;
}

export class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#choose);
    this.#show();
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#choose);
  }

  #choose = (event: Event): void => {
    const button = (event.target as Element).closest("button");
    if (!button) return;
    const theme = asTheme(button.value);
    const root = document.documentElement;
    if (theme === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = theme;
    document.cookie = themeCookie(theme, location.protocol === "https:");
    this.#show();
    this.dispatchEvent(new CustomEvent("blisko:theme", { detail: { theme }, bubbles: true }));
  };

  #show(): void {
    const now = asTheme(document.documentElement.dataset["theme"]);
    for (const button of this.querySelectorAll("button")) button.setAttribute("aria-pressed", String(asTheme(button.value) === now));
  }
}

if (!customElements.get("theme-switch")) customElements.define("theme-switch", ThemeSwitch);
