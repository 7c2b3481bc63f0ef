/** How a page of the house looks with work that has not been sent: the same page, a few steps on. */
import { showCall, showHelp } from "./help";
import { shownPicture } from "./pictures";
import { markOf, newerThan, ofVisit, partsOf, stateAfter, type Flow, type Operation } from "./work";

const all = <E extends Element>(root: ParentNode, selector: string) => [...root.querySelectorAll<E>(selector)];

/** A number as people here write it: a comma or a point, and a true minus. */
export function readNumber(words: string): number {
  return words.trim() === "" ? Number.NaN : Number(words.trim().replace(",", ".").replace("\u2212", "-"));
}

/** What still lacks before a visit is done, read from its page: the keys of `[data-lack]`. */
export function lackingOn(visit: ParentNode, unsent: readonly Operation[]): Set<string> {
  const photos = Number(visit.querySelector<HTMLElement>("[data-photos]")?.dataset["left"] ?? 0);
  const lacks = new Set<string>();
  if (photos > unsent.filter((one) => one.kind === "photo").length) lacks.add("photos");
  if (visit.querySelector(".tick[aria-pressed=false]")) lacks.add("checklist");
  if (visit.querySelector("[data-signed][hidden]")) lacks.add("signature");
  for (const field of all<HTMLInputElement>(visit, "input[data-saved]")) {
    const { saved = "", key = "", least, most } = field.dataset;
    const value = readNumber(saved);
    if (Number.isNaN(value)) lacks.add(`measure:${key}`);
    else if (value < readNumber(least ?? "-Infinity") || value > readNumber(most ?? "Infinity")) lacks.add(`limit:${key}`);
  }
  return lacks;
}

function showState(place: HTMLElement, state: string): void {
  place.dataset["now"] = state;
  const steps = all<HTMLElement>(place, "[data-from]");
  for (const step of steps) step.hidden = !step.dataset["from"]?.split(" ").includes(state);
  for (const over of all<HTMLElement>(place, "[data-over]")) over.hidden = steps.some((step) => !step.hidden);
  const pill = document.querySelector<HTMLTemplateElement>(`template[data-pill="${CSS.escape(state)}"]`);
  if (pill && state !== place.dataset["state"]) {
    for (const pills of all(place, "[data-pills]")) pills.replaceChildren(pill.content.cloneNode(true));
  }
}

function showEvidence(place: HTMLElement, one: Operation): void {
  const mark = markOf(one);
  const said = (name: string) => String(one.data[name] ?? "");
  if (one.kind === "note") {
    const note = document.createElement("div");
    note.className = `note ${mark}`;
    note.append(Object.assign(document.createElement("p"), { textContent: said("text") }));
    place.querySelector("[data-notes]")?.append(note);
  } else if (one.kind === "photo" && one.picture) {
    place.querySelector("[data-photos]")?.append(shownPicture(one.picture, said("caption"), `photo-unsent ${mark}`));
  } else if (one.kind === "tick") {
    const form = all<HTMLFormElement>(place, "form[data-operation=tick]").find((each) => new FormData(each).get("step") === said("step"));
    const button = form?.querySelector("button");
    const done = said("done") === "1";
    button?.setAttribute("aria-pressed", String(done));
    if (button) button.value = done ? "0" : "1";
  } else if (one.kind === "measure") {
    const field = all<HTMLInputElement>(place, "input[data-saved]").find((each) => each.dataset["key"] === said("key"));
    if (field && field.dataset["saved"] !== said("value")) field.dataset["saved"] = field.value = said("value");
  } else if (one.kind === "use_parts") {
    for (const [code, count] of partsOf(one)) {
      const line = Object.assign(document.createElement("li"), { className: mark, textContent: `${count} × ${code}` });
      place.querySelector("[data-used]")?.append(line);
    }
  } else if (one.kind === "sign") {
    const signed = place.querySelector<HTMLElement>("[data-signed]");
    if (signed) signed.hidden = false;
    signed?.querySelector("span")?.replaceChildren(said("name"));
  }
}

/** Shows how many of each part the van carries by what has not been sent; a line that is left so is no count. */
function showVan(page: ParentNode, unsent: readonly Operation[]): void {
  for (const row of all<HTMLElement>(page, "[data-operation=count_van] .part-row")) {
    const code = row.querySelector<HTMLInputElement>("input[name=part]")?.value ?? "";
    const [count, was] = ["count", "was"].map((name) => row.querySelector<HTMLInputElement>(`input[name=${name}]`));
    if (!count || !was) continue;
    row.dataset["booked"] ??= was.value;
    let now = Number(row.dataset["booked"]);
    for (const one of unsent) {
      const told = partsOf(one).get(code) ?? 0;
      if (one.kind === "count_van" && [one.data["part"]].flat().includes(code)) now = countedOf(one, code) ?? now;
      else if (one.kind === "take_parts") now += told;
      else if (one.kind === "return_parts" || one.kind === "use_parts") now = Math.max(0, now - told);
    }
    if (String(now) !== was.value) count.defaultValue = count.value = was.value = String(now);
  }
}

/** Offers as used only what is left to use after what has been told: what stands there is booked when it is saved again. */
function showLeft(place: ParentNode, mine: readonly Operation[]): void {
  for (const row of all<HTMLElement>(place, "[data-operation=use_parts] .part-row")) {
    const code = row.querySelector<HTMLInputElement>("input[name=part]")?.value;
    const count = row.querySelector<HTMLInputElement>("input[name=count]");
    if (!code || !count) continue;
    row.dataset["left"] ??= count.defaultValue;
    const used = mine.reduce((sum, one) => sum + (one.kind === "use_parts" ? (partsOf(one).get(code) ?? 0) : 0), 0);
    const left = String(Math.max(0, Number(row.dataset["left"]) - used));
    if (left !== count.defaultValue) count.defaultValue = count.value = left;
  }
}

/** How many of a part were counted, where the count says other than the page said. */
function countedOf(one: Operation, code: string): number | undefined {
  const [parts, counts, was] = ["part", "count", "was"].map((name) => [one.data[name] ?? []].flat().map(String));
  const nr = parts?.indexOf(code) ?? -1;
  return nr < 0 || counts?.[nr] === was?.[nr] ? undefined : Number(counts?.[nr]);
}

/** Shows what the house will never take where it was done, with a way to let go of it. */
function showRefused(page: ParentNode, refused: readonly Operation[]): void {
  const words = page.querySelector<HTMLTemplateElement>("template[data-refused-words]");
  const cards = new Set(all<HTMLElement>(page, "[data-visit]").map((card) => Number(card.dataset["visit"])));
  const isOf = (where: string, visit: number) => (where === "elsewhere" ? visit > 0 && !cards.has(visit) : visit === Number(where));
  for (const place of all<HTMLElement>(page, "[data-refused]")) {
    for (const one of refused.filter(({ visit }) => isOf(place.dataset["refused"] ?? "", visit))) {
      const told = words?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
      const said = one.data["caption"] ?? one.data["text"] ?? one.data["note"] ?? one.data["name"] ?? "";
      told?.querySelector("[data-said]")?.append(String(said));
      if (one.picture) told?.querySelector("[data-said]")?.append(shownPicture(one.picture, "", "photo-unsent"));
      told?.querySelector<HTMLElement>("[data-forget]")?.setAttribute("data-forget", one.id);
      if (told) place.append(told);
    }
  }
}

/** Shows every visit on the page as it stands with all that this telephone keeps and that the page does not show: unsent, or drawn before. */
export function overlay(page: ParentNode, flow: Flow, kept: readonly Operation[]): void {
  const newer = (place: Element | null) => newerThan(kept, Date.parse(place?.closest<HTMLElement>("[data-drawn]")?.dataset["drawn"] ?? ""));
  for (const old of all(page, ".is-ours")) old.remove();
  showVan(page, newer(page.querySelector("#van")));
  showRefused(page, kept.filter((one) => one.refused));
  // What is offered once (`data-once`) is not offered again.
  const known = new Set(kept.map((one) => one.id));
  for (const form of all<HTMLFormElement>(page, "form[data-once]")) form.hidden = known.has(form.dataset["once"] ?? "");
  for (const place of all<HTMLElement>(page, "[data-visit]")) {
    const mine = ofVisit(newer(place), Number(place.dataset["visit"]));
    const state = stateAfter(place.dataset["state"] ?? "", flow, mine);
    showState(place, state);
    for (const one of mine) showEvidence(place, one);
    for (const one of mine) showHelp(place, one);
    showCall(place, mine);
    showLeft(place, mine);
    const lacks = lackingOn(place, mine);
    for (const lack of all<HTMLElement>(place, "[data-lack]")) lack.hidden = !lacks.has(lack.dataset["lack"] ?? "");
    for (const box of all<HTMLElement>(place, "[data-lacks]")) box.hidden = state !== "on_site" || !box.querySelector("[data-lack]:not([hidden])");
  }
}
