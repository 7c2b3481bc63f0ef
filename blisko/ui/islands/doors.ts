/** Finds the islands of every app by their tag names and brings only those a page really shows. */
type Door = () => Promise<unknown>;

/** Files with a hyphen in the name are islands: `blisko/<app>/islands/<tag-name>.ts`. Two are in every bundle already. */
const files = import.meta.glob<unknown>(["../../*/islands/*-*.ts", "!**/islands/live-stream.ts", "!**/islands/seen-ago.ts"]);

export function tagOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.ts$/, "");
}

export function doorsByTag(paths: Record<string, Door>): Map<string, Door> {
  return new Map(Object.entries(paths).map(([path, door]) => [tagOf(path), door]));
}

/** Tags on the page that wait for their island, each once. */
export function waitingTags(root: ParentNode, doors: ReadonlyMap<string, Door>): string[] {
  const tags = [...root.querySelectorAll(":not(:defined)")].map((node) => node.localName);
  return [...new Set(tags)].filter((tag) => doors.has(tag));
}

/** Brings the islands a page shows; of another page than the one that is open, so that they are here when it is. */
export function openDoors(page?: Document): void {
  const doors = doorsByTag(files);
  const look = () => {
    for (const tag of waitingTags(page ?? document, doors)) void doors.get(tag)?.();
  };
  look();
  if (!page) document.addEventListener("htmx:after:swap", look);
}
