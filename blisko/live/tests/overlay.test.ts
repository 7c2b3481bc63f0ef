import { beforeEach, describe, expect, test } from "vitest";
import { lackingOn, overlay, readNumber } from "../islands/overlay";
import { readFlow, type Operation } from "../islands/work";

const flow = readFlow("booked set_out on_the_way|on_the_way arrive on_site|on_site finish done");
let number = 0;
const did = (kind: string, data: Record<string, unknown> = {}, visit = 7): Operation =>
  ({ id: String(++number), who: "3", queue: "q", number, visit, kind, at: "", data, ...(kind === "photo" ? { picture: new Blob(["x"]) } : {}) });
const shown = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => !one.hidden).map((one) => one.textContent);

beforeEach(() => {
  document.body.innerHTML = `
    <template data-pill="on_the_way"><b>On the way</b></template><template data-pill="on_site"><b>On site</b></template><template data-pill="done"><b>Done</b></template>
    <div data-visit="7" data-state="booked"><span data-pills>Booked</span>
      <form data-from="booked">Set out</form><form data-from="on_the_way" hidden>Arrive</form><form data-from="on_site" hidden>Finish</form>
      <form data-operation="tick"><input type="hidden" name="step" value="0"><button class="tick" aria-pressed="false" name="done" value="1"></button></form>
      <input data-saved="" data-key="signal" data-least="-27" data-most="-8"><div data-photos data-left="1"></div><p data-signed hidden><span></span></p>
      <div data-notes></div><p data-lacks hidden><i data-lack="photos" hidden>photo</i><i data-lack="checklist" hidden>list</i><i data-lack="measure:signal" hidden>signal</i><i data-lack="limit:signal" hidden>limit</i><i data-lack="signature" hidden>sign</i></p>
      <p data-over hidden>over</p></div>
    <a data-visit="8" data-state="booked"><span data-pills>Booked</span></a>`;
});

describe("a page with work that has not been sent", () => {
  test("stands where the work brings each visit, and lets nobody do a step twice", () => {
    overlay(document, flow, [did("set_out"), did("arrive")]);
    expect(shown("[data-pills]")).toEqual(["On site", "Booked"]);
    expect(shown("[data-from]")).toEqual(["Finish"]);
    overlay(document, flow, [did("set_out"), did("arrive"), did("finish")]);
    expect(shown("[data-from]")).toEqual([]);
    expect(shown("[data-over]")).toEqual(["over"]);
  });

  test("shows notes and photos once, however often it is drawn, and none of another visit", () => {
    const unsent = [did("note", { text: "<b>Key</b> at the neighbour's" }), did("photo", { caption: "Socket" }), did("note", { text: "other" }, 8)];
    overlay(document, flow, unsent);
    overlay(document, flow, unsent);
    expect(shown(".note")).toEqual(["<b>Key</b> at the neighbour's"]);
    expect(document.querySelectorAll("img.photo-unsent").length).toBe(1);
    overlay(document, flow, []);
    expect(document.querySelectorAll(".is-unsent").length).toBe(0);
  });

  test("names what still lacks as long as it lacks, while one is there", () => {
    const arrived = [did("set_out"), did("arrive")];
    overlay(document, flow, arrived);
    expect(shown("[data-lack]")).toEqual(["photo", "list", "signal", "sign"]);
    expect(document.querySelector<HTMLElement>("[data-lacks]")?.hidden).toBe(false);
    arrived.push(did("tick", { step: "0", done: "1" }), did("measure", { key: "signal", value: "-35" }), did("photo"), did("sign", { name: "Anna" }));
    overlay(document, flow, arrived);
    expect(shown("[data-lack]")).toEqual(["limit"]);
    expect(shown("[data-signed]")).toEqual(["Anna"]);
    arrived.push(did("measure", { key: "signal", value: "−19,5" }));
    overlay(document, flow, arrived);
    expect(document.querySelector<HTMLElement>("[data-lacks]")?.hidden).toBe(true);
    expect(lackingOn(document, arrived)).toEqual(new Set());
  });

  test("shows what the house already has over a page drawn before, not as unsent, and nothing over a newer one", () => {
    const sent = { ...did("note", { text: "Key" }), answered: "2026-11-27T12:00:00Z" };
    const place = document.querySelector<HTMLElement>("[data-visit='7']");
    if (place) place.dataset["drawn"] = "2026-11-27T11:59:59Z";
    overlay(document, flow, [sent]);
    expect([shown(".note"), document.querySelectorAll(".is-unsent").length]).toEqual([["Key"], 0]);
    if (place) place.dataset["drawn"] = "2026-11-27T12:00:01Z";
    overlay(document, flow, [sent]);
    expect(shown(".note")).toEqual([]);
  });

  test("keeps in sight what the house will never take, and offers nothing twice that is offered once", () => {
    const refused = { ...did("photo", { caption: "Socket" }), refused: true as const };
    document.body.insertAdjacentHTML("beforeend", `<template data-refused-words><div class="banner is-ours">Not taken <p data-said></p><button data-forget=""></button></div></template>
      <div data-refused="7"></div><div data-refused="8"></div><form data-once="${refused.id}"></form><form data-once="other"></form>`);
    for (let nr = 0; nr < 2; nr += 1) overlay(document, flow, [refused]);
    expect(shown(".banner")).toEqual(["Not taken Socket"]);
    expect(document.querySelector<HTMLElement>("[data-refused='7'] [data-forget]")?.dataset["forget"]).toBe(refused.id);
    expect([...document.querySelectorAll<HTMLElement>("[data-once]")].map((one) => one.hidden)).toEqual([true, false]);
    expect(document.querySelectorAll("[data-photos] img").length).toBe(0);
    overlay(document, flow, []);
    expect(shown(".banner")).toEqual([]);
  });

  test("leaves alone a value that is being corrected, once what was saved is shown", () => {
    const field = document.querySelector<HTMLInputElement>("input[data-saved]")!;
    const saved = [did("measure", { key: "signal", value: "12.5" })];
    overlay(document, flow, saved);
    expect(field.value).toBe("12.5");
    field.value = "13.";
    overlay(document, flow, saved);
    expect(field.value).toBe("13.");
  });

  test("offers as used what is left to use, and counts a van from what was counted, after every reset", () => {
    document.querySelector("[data-visit='7']")!.insertAdjacentHTML("beforeend", `<form data-operation="use_parts"><div class="part-row"><input type="hidden" name="part" value="FILTER"><input name="count" value="2"></div></form>`);
    document.body.insertAdjacentHTML("beforeend", `<form data-operation="count_van"><div class="part-row"><input type="hidden" name="part" value="A"><input type="hidden" name="was" value="5"><input name="count" value="5"></div><div class="part-row"><input type="hidden" name="part" value="B"><input type="hidden" name="was" value="3"><input name="count" value="3"></div></form>`);
    const value = (form: string, nr = 0) => [...document.querySelectorAll<HTMLInputElement>(`[data-operation=${form}] input[name=count]`)][nr]!.value;
    const reset = () => document.querySelectorAll("form").forEach((form) => form.reset());
    const kept = [did("use_parts", { part: "FILTER", count: "2" })];
    reset();
    overlay(document, flow, kept);
    expect(value("use_parts")).toBe("0");
    kept.push(did("count_van", { part: ["A", "B"], count: ["7", "3"], was: ["5", "3"] }, 0));
    reset();
    overlay(document, flow, kept);
    expect([value("use_parts"), value("count_van", 0), value("count_van", 1)]).toEqual(["0", "7", "3"]);
    kept.push(did("count_van", { part: ["A", "B"], count: ["7", "4"], was: ["7", "3"] }, 0));
    reset();
    overlay(document, flow, kept);
    expect([value("use_parts"), value("count_van", 0), value("count_van", 1)]).toEqual(["0", "7", "4"]);
  });

  test("tells of refused work also where its visit has no card", () => {
    document.body.insertAdjacentHTML("beforeend", `<template data-refused-words><div class="banner is-ours"><p data-said></p></div></template><div data-refused="elsewhere"></div>`);
    const refused = [7, 99, 0].map((visit) => ({ ...did("photo", { caption: `of ${visit}` }, visit), refused: true as const }));
    overlay(document, flow, refused);
    expect(shown(".banner")).toEqual(["of 99"]);
  });

  test("reads numbers as people write them", () => {
    expect(["-19,5", " 7.25 ", "−3", "Infinity"].map(readNumber)).toEqual([-19.5, 7.25, -3, Infinity]);
    expect(["", " ", "much"].map(readNumber).every(Number.isNaN)).toBe(true);
  });
});
