import { describe, expect, test } from "vitest";
import { batchOf, fieldsOf, keptNow, message, newerThan, ofVisit, patience, pieces, readFlow, settled, sha256Of, stateAfter, unsentOf, type Operation } from "../islands/work";

const flow = readFlow("booked set_out on_the_way|on_the_way arrive on_site|on_site finish done|nonsense");
const done = (number: number, kind: string, visit = 7): Operation => ({ id: `id-${number}`, who: "3", queue: "q", number, visit, kind, at: "2026-11-27T10:00:00Z", data: {} });

describe("work kept on the telephone", () => {
  test("brings a visit to where its table says, and no further", () => {
    expect(stateAfter("booked", flow, [done(1, "set_out"), done(2, "note"), done(3, "arrive")])).toBe("on_site");
    expect(stateAfter("booked", flow, [done(1, "finish"), done(2, "set_out")])).toBe("on_the_way");
    expect(stateAfter("cancelled", flow, [done(1, "set_out")])).toBe("cancelled");
  });

  test("belongs to one visit and keeps its order", () => {
    expect(ofVisit([done(3, "arrive"), done(2, "note", 8), done(1, "set_out")], 7).map((one) => one.number)).toEqual([1, 3]);
  });

  test("goes on the wire as its owner's, without its picture, and without the mark of one that is not taken", () => {
    const one = { ...done(1, "photo"), data: { sha256: "ab" }, picture: new Blob(["x"]) };
    const said = JSON.parse(message("q", "3", "2026-11-27T11:00:00Z", [one, { ...one, refused: true }])) as object;
    const told = { id: "id-1", number: 1, visit: 7, kind: "photo", at: one.at, data: { sha256: "ab" } };
    expect(said).toEqual({ queue: "q", who: "3", sent: "2026-11-27T11:00:00Z", operations: [told, { ...told, data: { sha256: "" } }] });
  });

  test("is kept until pages show it, forgotten where they never will, and not before the house has answered", () => {
    const at = "2026-11-27T12:00:00Z";
    const sent = [done(1, "set_out"), done(2, "arrive"), done(3, "note"), done(4, "photo"), done(5, "finish")];
    const answers = [{ id: "id-1", state: "applied" }, { id: "id-2", state: "aside" }, { id: null, state: "refused" }, { id: "id-4", state: "waiting" }];
    const { keep, forget } = settled(sent, answers, at);
    expect(keep).toEqual([{ ...sent[0], answered: at }, { ...sent[3], answered: at }]);
    expect(forget.map((one) => one.number)).toEqual([2, 3]);
    expect(settled(sent, [{ id: "another", state: "applied" }], at)).toEqual({ keep: [], forget: [] });
    const picture = { ...done(6, "photo"), refused: true as const };
    expect(settled([picture], [{ id: "id-6", state: "aside" }], at)).toEqual({ keep: [picture], forget: [] });
  });

  test("is shown over pages that were drawn before the house had it, and over no newer ones", () => {
    const sent = { ...done(1, "set_out"), answered: "2026-11-27T12:00:00.500Z" };
    const all = [sent, done(2, "arrive"), { ...done(3, "photo"), refused: true as const }];
    const numbers = (drawn: string) => newerThan(all, Date.parse(drawn)).map((one) => one.number);
    expect([numbers("2026-11-27T12:00:00.400Z"), numbers("2026-11-27T12:00:00.600+00:00"), numbers("")]).toEqual([[1, 2], [2], [1, 2]]);
    expect(unsentOf(all).map((one) => one.number)).toEqual([2]);
  });

  test("goes in one piece, as long as that is not too long", () => {
    const many = Array.from({ length: 400 }, (_, nr) => done(nr + 1, "note"));
    expect(batchOf(many).length).toBe(300);
    const long = many.slice(0, 5).map((one) => ({ ...one, data: { text: "x".repeat(400_000) } }));
    expect(batchOf(long).map((one) => one.number)).toEqual([1, 2]);
    expect(batchOf([{ ...long[0]!, data: { text: "x".repeat(2_000_000) } }, ...long]).length).toBe(1);
    expect(batchOf([done(1, "note"), { ...done(2, "note"), queue: "another" }]).length).toBe(1);
    const photos = many.slice(0, 30).map((one, nr) => (nr % 2 ? { ...one, picture: new Blob(["x"]) } : one));
    expect(batchOf(photos).length).toBe(21); // ten pictures, and the step after them
    expect(batchOf([])).toEqual([]);
  });

  test("brings a page again after a minute, not at every tap", () => {
    const said = JSON.stringify({ "/t/": 1_000, "/t/phone/": 50_000 });
    expect(keptNow(said, "/t/visits/7/", 70_000)).toEqual({ "/t/phone/": 50_000, "/t/visits/7/": 70_000 });
    expect(keptNow(said, "", 20_000)).toEqual({ "/t/": 1_000 });
    for (const odd of [null, "", "nonsense", "null"]) expect(keptNow(odd, "/t/", 5)).toEqual({ "/t/": 5 });
  });

  test("waits longer each time, five minutes at most", () => {
    expect([0, 1, 2, 6, 50].map(patience)).toEqual([5, 10, 20, 300, 300]);
  });

  test("keeps a form's words, not its files and not its token", () => {
    const form = new FormData();
    form.set("csrfmiddlewaretoken", "secret");
    form.set("text", "Ready");
    form.set("picture", new File(["x"], "a.jpg"));
    expect(fieldsOf(form)).toEqual({ text: "Ready" });
  });

  test("goes on with a picture where it broke off", () => {
    expect(pieces(0, 250, 100)).toEqual([[0, 100], [100, 200], [200, 250]]);
    expect(pieces(200, 250, 100)).toEqual([[200, 250]]);
    expect(pieces(250, 250, 100)).toEqual([]);
  });

  test("knows a picture by its SHA-256", async () => {
    expect(await sha256Of(new Blob(["abc"]))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
