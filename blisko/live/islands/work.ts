/** What a technician did, as his telephone keeps it until it is sent; and how a page looks with what is kept. */
export interface Operation {
  id: string;
  /** Whose it is: a technician's id. Nobody sends another's work. */
  who: string;
  queue: string;
  /** Its place in the queue, from 1. */
  number: number;
  visit: number;
  kind: string;
  /** When it was done, by the telephone's clock (ISO 8601). */
  at: string;
  data: Record<string, unknown>;
  /** The photo or the signature: as it was taken, and small once its SHA-256 stands in `data`. */
  picture?: Blob;
  /** When the house answered that it has it, by its own clock: pages drawn before that do not show it yet. */
  answered?: string;
  /** The house will never take it as it is; it stays here until whoever did it has seen that. */
  refused?: true;
}

/** What the house answers for one operation. */
export interface Verdict {
  id: string | null;
  state: string;
}

/** At most so many at once, so many characters of what they say, and so many pictures, for all of which the rest waits. */
const most = { operations: 300, length: 1_000_000, pictures: 10 };

/** The table of steps: "booked set_out" leads to "on_the_way". */
export type Flow = ReadonlyMap<string, string>;

/** Reads `booked set_out on_the_way|on_the_way arrive on_site|…`. */
export function readFlow(words: string): Flow {
  const rows = words.split("|").map((row) => row.split(" "));
  return new Map(rows.filter((row) => row.length === 3).map(([state, step, after]) => [`${state} ${step}`, after ?? ""]));
}

/** Where a visit stands once these have been done, in their order; what its table does not allow changes nothing. */
export function stateAfter(state: string, flow: Flow, done: readonly Operation[]): string {
  return done.reduce((now, one) => flow.get(`${now} ${one.kind}`) ?? now, state);
}

/** The operations of one visit, in the order in which they were done. */
export function ofVisit(all: readonly Operation[], visit: number): Operation[] {
  return all.filter((one) => one.visit === visit).sort((a, b) => a.number - b.number);
}

/** What still has to be sent. */
export function unsentOf(all: readonly Operation[]): Operation[] {
  return all.filter((one) => !one.answered && !one.refused);
}

/** What a page does not show that the house drew at `drawn` (milliseconds; of no house's drawing: NaN): what was not sent or answered for by then. */
export function newerThan(all: readonly Operation[], drawn: number): Operation[] {
  return all.filter((one) => !one.refused && !(one.answered && Date.parse(one.answered) < drawn));
}

/** How what is shown of an operation over a page is marked: as ours, and as unsent until the house has it. */
export function markOf(one: Operation): string {
  return one.answered ? "is-ours" : "is-ours is-unsent";
}

/** What goes at once, from the first on: nobody is told of a state in between, if it can be helped. */
export function batchOf(unsent: readonly Operation[]): Operation[] {
  const queue = unsent[0]?.queue;
  let [length, pictures] = [0, 0];
  const first = unsent.filter((one) => one.queue === queue).slice(0, most.operations);
  const end = first.findIndex((one, nr) => {
    length += JSON.stringify(one.data).length;
    pictures += one.picture ? 1 : 0;
    return nr > 0 && (length > most.length || pictures > most.pictures);
  });
  return end < 0 ? first : first.slice(0, end);
}

/** What goes on the wire of an operation: everything but the picture, which has gone before; of a picture that is not taken no mark either. */
export function message(queue: string, who: string, sent: string, operations: readonly Operation[]): string {
  const bare = operations.map(({ id, number, visit, kind, at, data, refused }) => ({
    id, number, visit, kind, at, data: refused ? { ...data, sha256: "" } : data,
  }));
  return JSON.stringify({ queue, who, sent, operations: bare });
}

/**
 * What becomes of operations that were sent: `keep` with the answer, until pages show them; `forget` what the house has seen and what a page
 * will never show. What it says nothing of stays as it is.
 */
export function settled(sent: readonly Operation[], answers: readonly Verdict[], at: string): { keep: Operation[]; forget: Operation[] } {
  const keep: Operation[] = [];
  const forget: Operation[] = [];
  for (const [nr, one] of sent.entries()) {
    const answer = answers[nr];
    if (answer?.id !== one.id && answer?.state !== "refused") continue;
    if (one.refused) keep.push(one);
    else if (answer.state === "applied" || answer.state === "waiting") keep.push({ ...one, answered: at });
    else forget.push(one);
  }
  return { keep, forget };
}

/** Which pages were brought within the last minute and when, as noted down before (`said`), with `address` among them from `now` on. */
export function keptNow(said: string | null, address: string, now: number, lasts = 60_000): Record<string, number> {
  let before: Record<string, number> = {};
  try {
    before = JSON.parse(said ?? "{}") as Record<string, number>;
  } catch {
    // What cannot be read was never noted.
  }
  const still = Object.entries(before ?? {}).filter(([, at]) => now - at < lasts && at <= now);
  return Object.fromEntries(address ? [...still, [address, now]] : still);
}

/** Seconds until the next try after so many that failed: 5, 10, 20 … 300. */
export function patience(failed: number): number {
  return Math.min(300, 5 * 2 ** Math.min(failed, 10));
}

/** The fields of a form as an operation keeps them, files and the token aside; a name said more than once has all it said. */
export function fieldsOf(form: FormData): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const said = form.getAll(name).filter((value) => typeof value === "string");
    if (name !== "csrfmiddlewaretoken" && said.length) fields[name] = said.length > 1 ? said : (said[0] ?? "");
  }
  return fields;
}

/** The parts an operation tells of, by code; lines of none are none. */
export function partsOf(one: Operation): Map<string, number> {
  const list = (name: string) => [one.data[name] ?? []].flat().map(String);
  const [parts, counts] = [list("part"), list("count")];
  return new Map(parts.map((code, nr): [string, number] => [code, Number(counts[nr])]).filter(([, count]) => count > 0));
}

/** A length in bytes cut into pieces from where it broke off: [from, to) pairs. */
export function pieces(have: number, length: number, most = 131_072): [number, number][] {
  const found: [number, number][] = [];
  for (let from = have; from < length; from += most) found.push([from, Math.min(length, from + most)]);
  return found;
}

export async function sha256Of(content: Blob): Promise<string> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", await content.arrayBuffer()));
  return [...found].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
