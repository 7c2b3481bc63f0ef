/** The service worker of the technician's pages: what was seen once is there without a network; it changes nothing and sends nothing. */
const pages = "blisko-pages-1";
const files = "blisko-files-1";
/** What these pages are made of; a newer house has another name for it. */
const apps = "blisko-app-";
const nowhere = "/t/offline/";
/** Milliseconds a page that is kept waits for a network that hardly carries. */
const patience = 4_000;

interface Worker {
  /** What the house wrote above this script: the pages' styles, scripts and fonts, and a name for just these. */
  built?: { version: string; files: string[] };
  location: { origin: string; pathname: string };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: string, answer: (event: Happening) => void): void;
}

interface Happening {
  request: Request;
  waitUntil(done: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

export type Way = "page" | "picture" | "app" | "other";

/** How a request is answered: the technician's pages and pictures from the network first, what is built for good from what is kept first. */
export function wayOf(method: string, url: string, origin: string): Way {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) return "other";
  if (pathname.startsWith("/static/")) return "app";
  if (!pathname.startsWith("/t/") || pathname.startsWith("/t/uploads/") || pathname === "/t/worker.js") return "other";
  return /\/(photos\/\d+|signature)\/$/.test(pathname) ? "picture" : "page";
}

/** Whether an answer is worth keeping: a whole one of ours, not the way to the sign-in. */
export function worthKeeping(answer: { ok: boolean; redirected: boolean; type: string }): boolean {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

/** Which caches have had their day, of all in the order in which they were made: what a page of the house before may still ask for stays. */
export function outlived(names: readonly string[], app: string): string[] {
  const old = names.filter((one) => one.startsWith(apps) && one !== app);
  const before = old.at(-1);
  return names.filter((one) => one.startsWith("blisko-") && ![pages, files, app, before].includes(one));
}

const bare = (url: string) => url.split(/[?#]/)[0] ?? url;

async function keep(cache: string, key: string, answer: Response): Promise<void> {
  await (await caches.open(cache)).put(key, answer);
}

/** What never changes under its address: pictures, and whatever is built. */
async function file(request: Request, cache: string): Promise<Response> {
  const kept = await caches.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (worthKeeping(answer)) await keep(cache, request.url, answer.clone());
  return answer;
}

async function page(request: Request, event: Happening): Promise<Response> {
  const kept = await caches.match(bare(request.url), { cacheName: pages });
  const asked = fetch(request).then((answer) => {
    if (worthKeeping(answer)) event.waitUntil(keep(pages, bare(request.url), answer.clone()));
    return answer;
  });
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
  try {
    const answer = kept ? await Promise.race([asked, late]) : await asked;
    // A server that is away is no better than a network that is.
    if (answer && (answer.status < 502 || !kept)) return answer;
  } catch {
    // No network: what is kept, or the page that says so.
  }
  asked.catch(() => undefined);
  const instead = kept ?? (request.mode === "navigate" ? await caches.match(nowhere, { ignoreVary: true }) : undefined);
  return instead ?? Response.error();
}

function listen(worker: Worker): void {
  const app = apps + (worker.built?.version ?? "");
  worker.addEventListener("install", (event) => {
    const wanted = [nowhere, ...(worker.built?.files ?? [])];
    event.waitUntil(caches.open(app).then((cache) => cache.addAll(wanted)).then(() => worker.skipWaiting()));
  });
  worker.addEventListener("activate", (event) => {
    const old = caches.keys().then((names) => outlived(names, app));
    event.waitUntil(old.then((names) => Promise.all(names.map((one) => caches.delete(one)))).then(() => worker.clients.claim()));
  });
  worker.addEventListener("fetch", (event) => {
    const way = wayOf(event.request.method, event.request.url, worker.location.origin);
    if (way === "picture" || way === "app") event.respondWith(file(event.request, way === "app" ? app : files));
    else if (way === "page") event.respondWith(page(event.request, event));
  });
}

if ("ServiceWorkerGlobalScope" in globalThis) listen(globalThis as unknown as Worker);
