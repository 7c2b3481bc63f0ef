/**
 * `<help-bell tunes="3.0.1 7.1.2" waiting="2">`: rings when somebody asks for help, and says how many wait in the page's title.
 *
 * Hears `blisko:hint` of the topic "help" and gives `blisko:help` then, on which fragments ask again. Each tune sounds once on this machine,
 * whatever number of pages is open. Browsers let no page sound before it was touched: then it only shows.
 */
const heard = "blisko-help-heard";

/** Whether any of these tunes is not among those that have sounded. */
export function isNew(tunes: string, known: string | null): boolean {
  const before = new Set((known ?? "").split(" "));
  return tunes.split(" ").some((tune) => tune !== "" && !before.has(tune));
}

/** The title of a page while so many wait. */
export function titleFor(title: string, waiting: number): string {
  const bare = title.replace(/^\(\d+\) /, "");
  return waiting > 0 ? `(${waiting}) ${bare}` : bare;
}

function sound(): void {
  const audio = new AudioContext();
  [0, 0.25, 0.5].forEach((after, nr) => {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = nr === 1 ? 660 : 880;
    loud.gain.setValueAtTime(0.25, audio.currentTime + after);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + after + 0.22);
    tone.connect(loud).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + 0.23);
    if (nr === 2) tone.addEventListener("ended", () => void audio.close());
  });
}

export class HelpBell extends HTMLElement {
  static observedAttributes = ["tunes", "waiting"];

  connectedCallback(): void {
    document.addEventListener("blisko:hint", this.#onHint);
    this.#look();
  }

  disconnectedCallback(): void {
    document.removeEventListener("blisko:hint", this.#onHint);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#look();
  }

  #look(): void {
    document.title = titleFor(document.title, Number(this.getAttribute("waiting")));
    const tunes = this.getAttribute("tunes") ?? "";
    const ring = isNew(tunes, localStorage.getItem(heard));
    localStorage.setItem(heard, tunes);
    if (!ring) return;
    this.dispatchEvent(new CustomEvent("blisko:rang", { bubbles: true }));
    if ("AudioContext" in globalThis) sound();
  }

  #onHint = (event: Event): void => {
    const { topic } = (event as CustomEvent<{ topic: string }>).detail;
    if (topic === "help") this.dispatchEvent(new CustomEvent("blisko:help", { bubbles: true }));
  };
}

customElements.define("help-bell", HelpBell);
