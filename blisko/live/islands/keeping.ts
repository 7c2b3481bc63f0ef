/** Pages and pictures of a technician's day, brought once so that they are there without a network. */
import { openDoors } from "../../ui/islands/doors";
import { keptNow } from "./work";

const pages = "blisko-pages-1";
const files = "blisko-files-1";
const kept = "blisko-kept";
const whose = "blisko-who";

/** Makes this telephone `who`'s: somebody else's day has no business on it. */
export async function keepFor(who: string): Promise<void> {
  if (localStorage.getItem(whose) !== who) await dropKept();
  localStorage.setItem(whose, who);
}

export async function dropKept(): Promise<void> {
  localStorage.removeItem(kept);
  await Promise.all([pages, files].map((one) => globalThis.caches?.delete(one)));
}

/** Whether a page has to be brought: it is not on the telephone, or was brought too long ago. */
async function isDue(address: string): Promise<boolean> {
  const there = await caches.match(address, { cacheName: pages });
  return !there || !keptNow(localStorage.getItem(kept), "", Date.now())[address];
}

/** Brings this page and what it leads to in the day; what is no longer of the day goes. */
export async function keepDay(): Promise<void> {
  if (!navigator.onLine) return;
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-keep], .bottom-bar a")].map((one) => one.href);
  const wanted = [...new Set([location.href.split(/[?#]/)[0] ?? "", ...links])];
  try {
    const due = [];
    for (const one of wanted) if (await isDue(one)) due.push(one);
    if (!due.length) return;
    await renewWorker();
    for (const one of due) await keepPage(one);
    if (document.querySelector("#visits")) await forgetOthers(new Set(wanted)); // the day itself, empty or not
  } catch {
    // The network went meanwhile: the next look brings the rest.
  }
}

/** A newer house's pages want its scripts: its service worker brings them before any of its pages is kept. */
async function renewWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  const coming = registration.installing;
  if (coming) await new Promise((resolve) => coming.addEventListener("statechange", resolve, { once: true }));
}

const picturesOf = (page: Document, address: string) =>
  [...page.querySelectorAll("img")].map((one) => new URL(one.getAttribute("src") ?? "", address)).filter((one) => one.pathname.startsWith("/t/"));

async function keepPage(address: string): Promise<void> {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  openDoors(page);
  for (const one of picturesOf(page, address)) await fetch(one);
  localStorage.setItem(kept, JSON.stringify(keptNow(localStorage.getItem(kept), address, Date.now())));
}

/** Lets go of visits that are no longer of the day, and of pictures that no page shows any longer. */
async function forgetOthers(wanted: ReadonlySet<string>): Promise<void> {
  const shown = new Set<string>();
  const cache = await caches.open(pages);
  for (const { url } of await cache.keys()) {
    if (new URL(url).pathname.startsWith("/t/visits/") && !wanted.has(url)) await cache.delete(url);
    else for (const one of picturesOf(new DOMParser().parseFromString((await (await cache.match(url))?.text()) ?? "", "text/html"), url)) shown.add(one.href);
  }
  const pictures = await caches.open(files);
  for (const { url } of await pictures.keys()) if (!shown.has(url)) await pictures.delete(url);
}
