import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextOf, showCall, showHelp, spoken } from "../islands/help";
import { isNew, titleFor } from "../islands/help-bell";
import { overlay } from "../islands/overlay";
import { readFlow, type Operation } from "../islands/work";

let number = 0;
const done = (kind: string, data: Record<string, unknown> = {}, picture?: Blob): Operation => ({
  id: `o${++number}`, who: "1", queue: "q", number, visit: 7, kind, at: "2026-11-27T08:00:00Z", data, ...(picture ? { picture } : {}),
});
const photo = new Blob(["x"]);

describe("what is sent next", () => {
  it("is help, before everything that was done earlier (F12)", () => {
    const waiting = [done("photo", {}, photo), done("note"), done("help"), done("help_photo", {}, photo)];
    expect(nextOf(waiting).map((one) => one.kind)).toEqual(["help", "help_photo"]);
    expect(nextOf(waiting.slice(0, 2)).map((one) => one.kind)).toEqual(["photo", "note"]);
  });

  it("goes at once where it is words or a call, of one queue", () => {
    const waiting = [done("photo", {}, photo), done("help"), done("help_photo", {}, photo), done("help_call")];
    expect(spoken(waiting).map((one) => one.kind)).toEqual(["help", "help_call"]);
    expect(spoken([...waiting, { ...done("help"), queue: "other" }])).toHaveLength(2);
    expect(spoken([])).toEqual([]);
  });
});

describe("help that has not been sent", () => {
  beforeEach(() => {
    document.body.innerHTML = `<div data-visit="7" data-state="booked"><ol data-help></ol>
      <help-call><a>Call</a><form data-operation="help_call" data-said="Call"><input name="outcome" value="rang"></form></help-call>
      <form data-operation="help_call" data-said="Call back"><input name="outcome" value="missed"><button>Call me back</button></form>
      <form data-operation="help_call" data-after-call hidden><input name="outcome" value="spoke"><button>We spoke</button></form></div>`;
  });

  it("stands in the thread as waiting, and goes once it is sent", () => {
    URL.createObjectURL = vi.fn(() => "blob:x");
    const unsent = [done("help", { text: "<b>No signal</b>" }), done("help_photo", { caption: "Box" }, photo), done("help_call", { outcome: "missed" }), done("note", { text: "no help" })];
    overlay(document, readFlow(""), unsent);
    const lines = [...document.querySelectorAll("[data-help] .is-unsent")];
    expect(lines.map((one) => one.textContent)).toEqual(["<b>No signal</b>", "", "Call back"]);
    expect(lines[1]?.querySelector("img")?.alt).toBe("Box");
    overlay(document, readFlow(""), []);
    expect(document.querySelectorAll(".is-unsent")).toHaveLength(0);
  });

  it("says what became of a call by the words its form has", () => {
    showHelp(document, done("help_call", { outcome: "rang" }));
    showHelp(document, done("help_call", { outcome: "odd" }));
    expect(document.querySelector("[data-help]")?.textContent).toBe("Call");
  });

  it("asks after a call whether they spoke", () => {
    const button = document.querySelector<HTMLElement>("[data-after-call]")!;
    showCall(document, []);
    expect(button.hidden).toBe(true);
    showCall(document, [done("help_call", { outcome: "rang" })]);
    expect(button.hidden).toBe(false);
    showCall(document, [done("help_call", { outcome: "rang" }), done("help_call", { outcome: "spoke" })]);
    expect(button.hidden).toBe(true);
  });
});

describe("the bell", () => {
  it("rings for a tune it has not heard, and for no other", () => {
    expect(isNew("3.0.1", null)).toBe(true);
    expect(isNew("3.0.1 7.1.2", "7.1.2 3.0.1")).toBe(false);
    expect(isNew("3.1.1", "3.0.1")).toBe(true);
    expect(isNew("", "3.0.1")).toBe(false);
  });

  it("counts in the title", () => {
    expect(titleFor("Plan · Blisko", 2)).toBe("(2) Plan · Blisko");
    expect(titleFor("(2) Plan · Blisko", 0)).toBe("Plan · Blisko");
  });

  it("asks again only when help has changed, and rings once for all pages", () => {
    localStorage.clear();
    const heard: string[] = [];
    for (const name of ["blisko:help", "blisko:rang"]) document.body.addEventListener(name, () => heard.push(name));
    document.body.innerHTML = `<help-bell tunes="3.0.1" waiting="1"></help-bell>`;
    const bell = document.querySelector("help-bell")!;
    const hint = (topic: string) => document.body.dispatchEvent(new CustomEvent("blisko:hint", { detail: { topic }, bubbles: true }));
    expect(heard).toEqual(["blisko:rang"]);
    hint("day");
    hint("help");
    expect(heard).toEqual(["blisko:rang", "blisko:help"]);
    bell.setAttribute("tunes", "3.0.1");
    document.body.append(bell.cloneNode());
    expect(heard).toHaveLength(2);
    bell.setAttribute("tunes", "3.0.2");
    expect(heard.at(-1)).toBe("blisko:rang");
    document.body.innerHTML = "";
    hint("help");
    expect(heard).toHaveLength(3);
  });

  it("listens by itself while its page is behind others, and asks again with a new ticket when it is sent away", () => {
    vi.useFakeTimers();
    const open: { src: string; on: Map<string, () => void>; closed: boolean }[] = [];
    vi.stubGlobal("EventSource", class {
      me = { src: "", on: new Map<string, () => void>(), closed: false };
      constructor(src: string) { this.me.src = src; open.push(this.me); }
      addEventListener(name: string, answer: () => void): void { this.me.on.set(name, answer); }
      close(): void { this.me.closed = true; }
    });
    const show = (state: string) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    };
    let asked = 0;
    document.body.addEventListener("blisko:help", () => { asked += 1; });
    document.body.innerHTML = `<help-bell tunes="" waiting="0" src="/stream?ticket=a"></help-bell>`;
    expect(open).toHaveLength(0);
    show("hidden");
    expect(open.map((one) => one.src)).toEqual(["/stream?ticket=a"]);
    open[0]?.on.get("hint")?.();
    expect(asked).toBe(1);
    document.querySelector("help-bell")?.setAttribute("src", "/stream?ticket=b");
    expect(open).toHaveLength(1); // one that works stays
    open[0]?.on.get("renew")?.();
    expect(open[0]?.closed).toBe(true);
    vi.advanceTimersByTime(30_000);
    expect(asked).toBe(2);
    document.querySelector("help-bell")?.setAttribute("src", "/stream?ticket=c");
    expect(open.at(-1)?.src).toBe("/stream?ticket=c");
    show("visible");
    expect(open.at(-1)?.closed).toBe(true);
    show("hidden");
    document.body.innerHTML = "";
    expect(open.at(-1)?.closed).toBe(true);
    show("visible");
    vi.useRealTimers();
  });
});
