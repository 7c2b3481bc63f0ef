/**
 * `<help-bell tunes="3.0.1 7.1.2" waiting="2">`: rings when somebody asks for help, and says how many wait in the page's title.
 *
 * Hears `blisko:hint` of the topic "help" and gives `blisko:help` then, on which fragments ask again. While the page is behind others its
 * own ear falls asleep; the bell listens by itself then, at `src`, to nothing but help. Each tune sounds once on this machine, whatever
 * number of pages is open. Browsers let no page sound before it was touched: then it only shows.
 */
const heard = "blisko-help-heard";
/** Milliseconds after which a page behind others asks for another ticket, again and again, once the stream is away. */
const again = 30_000;

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
  static observedAttributes = ["tunes", "waiting", "src"];

  #source: EventSource | null = null;
  #retry = 0;

  connectedCallback(): void {
    document.addEventListener("blisko:hint", this.#onHint);
    document.addEventListener("visibilitychange", this.#listen);
    this.#look();
    this.#listen();
  }

  disconnectedCallback(): void {
    document.removeEventListener("blisko:hint", this.#onHint);
    document.removeEventListener("visibilitychange", this.#listen);
    this.#deaf();
  }

  attributeChangedCallback(): void {
    if (!this.isConnected) return;
    this.#look();
    this.#listen();
  }

  /** Listens while the page is behind others, and leaves it to the page's own ear while it is not. */
  #listen = (): void => {
    const src = this.getAttribute("src");
    if (document.visibilityState !== "hidden" || !src) this.#deaf();
    else if (!this.#source) {
      clearInterval(this.#retry);
      this.#source = new EventSource(src);
      this.#source.addEventListener("hint", this.#ask);
      for (const name of ["renew", "error"]) this.#source.addEventListener(name, this.#lose);
    }
  };

  #lose = (): void => {
    this.#deaf();
    this.#retry = window.setInterval(this.#ask, again); // the fragment that comes has a new ticket
  };

  #deaf(): void {
    clearInterval(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #ask = (): void => {
    this.dispatchEvent(new CustomEvent("blisko:help", { bubbles: true }));
  };

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
    if (topic === "help") this.#ask();
  };
}

customElements.define("help-bell", HelpBell);
