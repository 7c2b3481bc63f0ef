/** The service worker of the customer's link: shows what is pushed and opens the link at a tap; it fetches and keeps nothing. */
export interface Notice {
  title: string;
  body: string;
  url: string;
  lang: string;
  tag: string;
}

interface Tab {
  url: string;
  focus(): Promise<unknown>;
}

interface Worker {
  location: { origin: string };
  clients: { matchAll(what: object): Promise<Tab[]>; openWindow(url: string): Promise<unknown> };
  registration: { showNotification(title: string, options: object): Promise<void> };
  addEventListener(name: string, answer: (event: Happening) => void): void;
}

interface Happening {
  data?: { json(): Notice } | null;
  notification?: { close(): void; data?: { url?: string } | null };
  waitUntil(done: Promise<unknown>): void;
}

/** How a notice is shown: a later one of the same visit takes the place of the earlier, and says so aloud. */
export function shownAs(notice: Notice): object {
  const { body, lang, tag, url } = notice;
  return { body, lang, tag, renotify: true, data: { url } };
}

/** The address a tap opens: the link, where it is one of this house; nothing else. */
export function opened(url: string | undefined, origin: string): string {
  return url && URL.canParse(url) && new URL(url).origin === origin && new URL(url).pathname.startsWith("/v/") ? url : "";
}

/** Whether a tab shows that link already, in whatever language. */
export function isThere(tab: string, url: string): boolean {
  return new URL(tab).pathname.replace(/\/$/, "") === new URL(url).pathname;
}

async function open(worker: Worker, url: string): Promise<void> {
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => isThere(tab.url, url));
  await (there ? there.focus() : worker.clients.openWindow(url));
}

function listen(worker: Worker): void {
  worker.addEventListener("push", (event) => {
    const notice = event.data?.json();
    if (notice) event.waitUntil(worker.registration.showNotification(notice.title, shownAs(notice)));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification?.close();
    const url = opened(event.notification?.data?.url, worker.location.origin);
    if (url) event.waitUntil(open(worker, url));
  });
}

if ("ServiceWorkerGlobalScope" in globalThis) listen(globalThis as unknown as Worker);
