import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Keep } from "../islands/keep";
import { Sender } from "../islands/sending";
import { sha256Of, type Operation } from "../islands/work";

type Answer = Response | (() => Response);
let kept: Operation[] = [];
let asked: { to: string; body: unknown }[] = [];
const keep = {
  all: () => Promise.resolve(kept.map((one) => ({ ...one, data: { ...one.data } }))),
  settle: (some: Operation[], gone: Operation[]) => {
    const ids = new Set(gone.map((one) => one.id));
    kept = kept.filter((one) => !ids.has(one.id)).map((one) => some.find(({ id }) => id === one.id) ?? one);
    return Promise.resolve();
  },
} as unknown as Keep;
const sender = new Sender(keep, "3", "/t/operations/", "/t/uploads/", () => new Date("2026-11-27T12:00:00Z"));
const done = (number: number, kind = "note", picture?: Blob): Operation =>
  ({ id: `id-${number}`, who: "3", queue: "q", number, visit: 7, kind, at: "2026-11-27T10:00:00Z", data: {}, ...(picture ? { picture } : {}) });
const json = (said: unknown, status = 200, type = "application/json") => new Response(JSON.stringify(said), { status, headers: { "Content-Type": type } });
const applied = (body: unknown) => {
  const { operations } = JSON.parse(String(body)) as { operations: { id: string }[] };
  return json({ operations: operations.map(({ id }) => ({ id, state: "applied" })), at: "2026-11-27T12:00:01Z" });
};

function house(answer: (to: string, body: unknown) => Answer): void {
  vi.stubGlobal("fetch", (to: string, how?: RequestInit) => {
    asked.push({ to, body: how?.body });
    const said = answer(to, how?.body);
    return Promise.resolve(said instanceof Response ? said : said());
  });
}

beforeEach(() => {
  [kept, asked] = [[], []];
});

describe("sending what is kept", () => {
  test("keeps with the answer what arrived, and tells so", async () => {
    kept = [done(1), done(2)];
    const told = vi.fn();
    house((_, body) => applied(body));
    expect(await sender.sendAll(told)).toBe("all");
    expect(kept.map((one) => one.answered)).toEqual(["2026-11-27T12:00:01Z", "2026-11-27T12:00:01Z"]);
    expect([told.mock.calls.length, asked.length]).toEqual([1, 1]);
  });

  test("finds the one that the house cannot read: the others land, and that one stays and is said so", async () => {
    kept = [done(1), done(2), done(3)];
    house((_, body) => (String(body).includes("id-2") ? json({}, 422) : applied(body)));
    expect(await sender.sendAll(vi.fn())).toBe("all");
    expect(kept.map((one) => [one.id, !!one.answered, !!one.refused])).toEqual([["id-1", true, false], ["id-2", false, true], ["id-3", true, false]]);
  });

  test("stops where somebody else is signed in, and where nobody is, and loses nothing", async () => {
    kept = [done(1)];
    house(() => json({}, 403, "application/problem+json"));
    expect(await sender.sendAll(vi.fn())).toBe("foreign");
    house(() => new Response("form", { status: 403, headers: { "Content-Type": "text/html" } }));
    expect(await sender.sendAll(vi.fn())).toBe("signin");
    house(() => json({}, 503));
    expect(await sender.sendAll(vi.fn())).toBe("away");
    expect(kept).toEqual([done(1)]);
  });

  test("makes a picture its own by its mark before it goes, and begins again where it arrived otherwise", async () => {
    const picture = new Blob(["a signature"]);
    kept = [done(1, "sign", picture)];
    const sha256 = await sha256Of(picture);
    let pieces = 0;
    house((to, body) => {
      if (to.includes("/have/")) return json({ have: 0 });
      if (to.startsWith("/t/uploads/")) return json({ have: ++pieces < 2 ? 0 : picture.size });
      return applied(body);
    });
    expect(await sender.sendAll(vi.fn())).toBe("all");
    expect(asked.map(({ to }) => to.split("?")[0])).toEqual([`/t/uploads/${sha256}/have/`, `/t/uploads/${sha256}/`, `/t/uploads/${sha256}/`, "/t/operations/"]);
    expect(asked.every(({ to, body }) => to.includes("who=3") || String(body).includes('"who":"3"'))).toBe(true);
    expect([kept[0]?.answered, kept[0]?.data["sha256"]]).toEqual(["2026-11-27T12:00:01Z", sha256]);
  });

  test("keeps a picture the house will never take, and waits with one it will take later", async () => {
    kept = [done(1, "sign", new Blob(["too big"])), done(2)];
    house((to, body) => (to.includes("/have/") ? json({ have: 0 }) : to.startsWith("/t/uploads/") ? json({}, 422) : applied(body)));
    expect(await sender.sendAll(vi.fn())).toBe("all");
    expect(kept.map((one) => [!!one.picture, !!one.answered, !!one.refused])).toEqual([[true, false, true], [false, true, false]]);
    kept = [done(1, "sign", new Blob(["one too many"]))];
    house((to) => (to.includes("/have/") ? json({ have: 0 }) : json({}, 429)));
    expect(await sender.sendAll(vi.fn())).toBe("away");
    expect([kept[0]?.refused, !!kept[0]?.picture]).toEqual([undefined, true]);
  });

  test("sends help in words ahead, and says nothing where it cannot", async () => {
    kept = [done(1), done(2, "help")];
    house(() => json({}, 503));
    await sender.sendHelp(vi.fn());
    expect(kept.every((one) => !one.answered)).toBe(true);
    house((_, body) => applied(body));
    await sender.sendHelp(vi.fn());
    expect(kept.map((one) => !!one.answered)).toEqual([false, true]);
  });
});
