/** Sends what a telephone keeps: pictures first, piece by piece, then the operations in their order. */
import { csrfToken } from "../../ui/islands/csrf";
import type { Keep } from "./keep";
import { nextOf, spoken } from "./help";
import { hasty, small } from "./pictures";
import { batchOf, message, pieces, settled, sha256Of, unsentOf, type Operation, type Verdict } from "./work";

/** How it went: all of it; the house is away; somebody has to sign in; somebody else is signed in. */
export type Sent = "all" | "away" | "signin" | "foreign";

class Stopped extends Error {
  constructor(readonly sent: Sent) {
    super(sent);
  }
}

/** How pictures are made small, by what they are for; a signature is as it was drawn. */
const making: Record<string, (picture: Blob) => Promise<Blob>> = { photo: small, help_photo: hasty };
const unreadable = new Set([400, 413, 422]);

export class Sender {
  constructor(
    private readonly keep: Keep,
    private readonly who: string,
    private readonly to: string,
    private readonly uploads: string,
    private readonly now: () => Date,
  ) {}

  /** Sends everything; `told` once something has arrived. */
  async sendAll(told: () => void): Promise<Sent> {
    try {
      for (;;) {
        const some = batchOf(nextOf(unsentOf(await this.keep.all(this.who))));
        if (!some.length) return "all";
        for (const one of some) if (one.picture) await this.#bring(one, one.picture);
        await this.#tell(some);
        told();
      }
    } catch (no) {
      return no instanceof Stopped ? no.sent : "away";
    }
  }

  /** Help in words waits for no picture that another page is sending: sent twice it takes effect once. */
  async sendHelp(told: () => void): Promise<void> {
    try {
      const words = spoken(unsentOf(await this.keep.all(this.who)));
      if (!words.length) return;
      await this.#tell(words);
      told();
    } catch {
      // It goes with all the rest, which also says why.
    }
  }

  /** Makes a picture small once, and sends it; one that the house will never take is marked so, and holds up nothing. */
  async #bring(one: Operation, picture: Blob): Promise<void> {
    if (!one.data["sha256"]) {
      one.picture = await (making[one.kind]?.(picture) ?? picture);
      one.data["sha256"] = await sha256Of(one.picture);
      await this.keep.settle([one], []);
    }
    if (!(await this.#upload(String(one.data["sha256"]), one.picture ?? picture))) one.refused = true;
  }

  /** Whether a picture has arrived whole; no where the house does not take it: too big, or never what it was announced as. */
  async #upload(sha256: string, picture: Blob): Promise<boolean> {
    const whose = `who=${encodeURIComponent(this.who)}`;
    const known = await this.#asked(fetch(`${this.uploads}${sha256}/have/?${whose}`, { headers: { Accept: "application/json" } }));
    if (!known.ok) throw new Stopped("away");
    let { have } = (await known.json()) as { have: number };
    for (let begun = 0; have < picture.size; ) {
      const [[from, until] = [have, picture.size]] = pieces(have, picture.size);
      const to = `${this.uploads}${sha256}/?${whose}&offset=${from}&length=${picture.size}`;
      const answer = await this.#post(to, picture.slice(from, until), "application/octet-stream");
      if (unreadable.has(answer.status)) return false;
      if (!answer.ok) throw new Stopped("away");
      ({ have } = (await answer.json()) as { have: number });
      if (have <= from && ++begun > 2) return false;
    }
    return true;
  }

  /** Tells of operations; where the house cannot read a message of many, of each by itself, so that one holds up no other. */
  async #tell(some: readonly Operation[]): Promise<void> {
    const answer = await this.#post(this.to, message(some[0]?.queue ?? "", this.who, this.now().toISOString(), some), "application/json");
    if (unreadable.has(answer.status)) {
      if (some.length > 1) for (const one of some) await this.#tell([one]);
      else await this.keep.settle(some.map((one) => ({ ...one, refused: true })), []);
      return;
    }
    if (!answer.ok) throw new Stopped("away");
    const { operations, at } = (await answer.json()) as { operations: Verdict[]; at: string };
    const { keep, forget } = settled(some, operations, at);
    await this.keep.settle(keep, forget);
  }

  #post(to: string, body: BodyInit, type: string): Promise<Response> {
    const headers = { Accept: "application/json", "Content-Type": type, "X-CSRFToken": csrfToken(document, document.cookie) };
    return this.#asked(fetch(to, { method: "POST", body, headers }));
  }

  async #asked(asking: Promise<Response>): Promise<Response> {
    const answer = await asking;
    if (answer.redirected || answer.status === 401) throw new Stopped("signin");
    // A house that knows who asks says so; where only the form's token is wrong, signing in helps.
    if (answer.status === 403) throw new Stopped(answer.headers.get("Content-Type")?.includes("problem+json") ? "foreign" : "signin");
    return answer;
  }
}
