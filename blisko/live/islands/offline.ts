/** The service worker of the technician's pages: what was seen once is there without a network; it changes nothing and sends nothing. */
const pages = "blisko-pages-1";
const files = "blisko-files-1";
/** Milliseconds a page that is kept waits for a network that hardly carries. */
const patience = 4_000;

interface Worker {
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

export type Way = "page" | "file" | "other";

/** How a request is answered: the technician's pages and pictures from the network first, what is built for good from what is kept first. */
export function wayOf(method: string, url: string, origin: string): Way {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) return "other";
  if (pathname.startsWith("/static/")) return "file";
  if (!pathname.startsWith("/t/") || pathname.startsWith("/t/uploads/") || pathname === "/t/worker.js") return "other";
  return /\/(photos\/\d+|signature)\/$/.test(pathname) ? "file" : "page";
}

/** Whether an answer is worth keeping: a whole one of ours, not the way to the sign-in. */
export function worthKeeping(answer: { ok: boolean; redirected: boolean; type: string }): boolean {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

const bare = (url: string) => url.split(/[?#]/)[0] ?? url;

async function keep(cache: string, key: string, answer: Response): Promise<void> {
  await (await caches.open(cache)).put(key, answer);
}

async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { cacheName: files });
  if (kept) return kept;
  const answer = await fetch(request);
  if (worthKeeping(answer)) await keep(files, request.url, answer.clone());
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
  const instead = kept ?? (request.mode === "navigate" ? await caches.match("/t/offline/", { cacheName: pages, ignoreVary: true }) : undefined);
  return instead ?? Response.error();
}

function listen(worker: Worker): void {
  worker.addEventListener("install", (event) => {
    event.waitUntil(caches.open(pages).then((cache) => cache.add("/t/offline/")).then(() => worker.skipWaiting()));
  });
  worker.addEventListener("activate", (event) => {
    const old = caches.keys().then((names) => names.filter((one) => one.startsWith("blisko-") && one !== pages && one !== files));
    event.waitUntil(old.then((names) => Promise.all(names.map((one) => caches.delete(one)))).then(() => worker.clients.claim()));
  });
  worker.addEventListener("fetch", (event) => {
    const way = wayOf(event.request.method, event.request.url, worker.location.origin);
    if (way === "file") event.respondWith(file(event.request));
    else if (way === "page") event.respondWith(page(event.request, event));
  });
}

if ("ServiceWorkerGlobalScope" in globalThis) listen(globalThis as unknown as Worker);
