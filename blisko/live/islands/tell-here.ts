/**
 * `<tell-here to worker key told>`: lets this browser show the messages about the visit, once somebody taps for it.
 *
 * `to`: where the subscription is sent; `worker`: the service worker's address; `key`: our public key; `told`: the marks of the browsers
 * that are told already. Its children wear `data-when` ("offer", "on", "refused", "failed") and are shown by turns; where the browser cannot,
 * or has been told no, it stays hidden as a whole. Buttons wear `data-do` ("start", "stop").
 */
export type State = "none" | "offer" | "on" | "refused" | "failed";

export interface Place {
  able: boolean;
  framed: boolean;
  permission: string;
}

/** What is shown before anything is tapped: nothing where nothing can come of it. */
export function stateOf(place: Place, known: boolean): State {
  if (!place.able || place.framed || place.permission === "denied") return "none";
  return known && place.permission === "granted" ? "on" : "offer";
}

/** The bytes of base64url without padding. */
export function bytesOf(words: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

/** The mark by which the house knows a browser again: 24 hex digits of its address's SHA-256. */
export async function markOf(endpoint: string): Promise<string> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  return [...found.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the house is told of a subscription. */
export function formOf(subscription: PushSubscriptionJSON): URLSearchParams {
  const { endpoint = "", keys = {} } = subscription;
  return new URLSearchParams({ endpoint, p256dh: keys["p256dh"] ?? "", auth: keys["auth"] ?? "" });
}

function here(): Place {
  const able = isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  return { able, framed: window.top !== window, permission: able ? Notification.permission : "denied" };
}

export class TellHere extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#tapped);
    void this.#look().catch(() => undefined);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#tapped);
  }

  get #scope(): string {
    const worker = this.getAttribute("worker") ?? "";
    return worker.slice(0, worker.lastIndexOf("/") + 1);
  }

  async #look(): Promise<void> {
    const first = stateOf(here(), false);
    const found = first === "none" ? null : await this.#subscription();
    const told = (this.getAttribute("told") ?? "").split(" ");
    this.#show(stateOf(here(), found !== null && told.includes(await markOf(found.endpoint))));
  }

  async #subscription(): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker.getRegistration(this.#scope);
    return registration ? registration.pushManager.getSubscription() : null;
  }

  #tapped = (event: Event): void => {
    const wanted = (event.target as Element | null)?.closest("[data-do]")?.getAttribute("data-do");
    if (!wanted || this.hasAttribute("aria-busy")) return;
    this.setAttribute("aria-busy", "true");
    const done = wanted === "stop" ? this.#stop() : this.#start();
    void done
      .catch((): State => "failed")
      .then((state) => {
        this.removeAttribute("aria-busy");
        this.#show(state, true);
      });
  };

  async #start(): Promise<State> {
    if ((await Notification.requestPermission()) !== "granted") return "refused";
    const worker = this.getAttribute("worker") ?? "";
    await navigator.serviceWorker.register(worker, { scope: this.#scope, updateViaCache: "none" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const applicationServerKey = bytesOf(this.getAttribute("key") ?? "");
    const subscribe = () => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    // One made with a key of ours that is no longer is in the way of a new one.
    const found = await subscribe().catch(async () => {
      await (await pushManager.getSubscription())?.unsubscribe();
      return subscribe();
    });
    return (await this.#say(formOf(found.toJSON()))).ok ? "on" : "failed";
  }

  async #stop(): Promise<State> {
    const found = await this.#subscription();
    if (!found) return "offer";
    const answer = await this.#say(new URLSearchParams({ endpoint: found.endpoint, stop: "1" }));
    if (!answer.ok) return "failed";
    const { more } = (await answer.json()) as { more: boolean };
    if (!more) await found.unsubscribe();
    return "offer";
  }

  #say(form: URLSearchParams): Promise<Response> {
    return fetch(this.getAttribute("to") ?? "", { method: "POST", body: form });
  }

  #show(state: State, moved = false): void {
    for (const part of this.querySelectorAll<HTMLElement>("[data-when]")) part.hidden = part.dataset["when"] !== state;
    const next = this.querySelector<HTMLElement>(`[data-when="${state}"]`);
    this.hidden = next === null;
    if (moved) (next?.querySelector("button") ?? next)?.focus();
    this.dispatchEvent(new CustomEvent("blisko:tell", { bubbles: true, detail: state }));
  }
}

if (!customElements.get("tell-here")) customElements.define("tell-here", TellHere);
