/** Work kept on this telephone (IndexedDB): written down before anything else happens, gone once the house has answered for it. */
import type { Operation } from "./work";

const name = "blisko-work";
const version = 1;

interface Place {
  who: string;
  queue: string;
  next: number;
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export class Keep {
  #base: Promise<IDBDatabase> | undefined;

  #open(): Promise<IDBDatabase> {
    this.#base ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("operations", { keyPath: ["who", "queue", "number"] });
        request.result.createObjectStore("places", { keyPath: "who" });
      };
      request.onsuccess = () => {
        // A newer page wants another version: let go at once, nothing is half written.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    return this.#base;
  }

  /** Writes an operation down under the next number of its owner's queue; once this resolves it survives a dead battery. */
  async add(what: Omit<Operation, "queue" | "number">): Promise<Operation> {
    const transaction = (await this.#open()).transaction(["operations", "places"], "readwrite", { durability: "strict" });
    const places = transaction.objectStore("places");
    const place = ((await asked(places.get(what.who))) as Place | undefined) ?? { who: what.who, queue: crypto.randomUUID(), next: 1 };
    const operation = { ...what, queue: place.queue, number: place.next };
    places.put({ ...place, next: place.next + 1 });
    transaction.objectStore("operations").add(operation);
    await done(transaction);
    return operation;
  }

  /** Everything of one technician that has not been answered for, in its order. */
  async all(who: string): Promise<Operation[]> {
    const store = (await this.#open()).transaction("operations").objectStore("operations");
    const found = (await asked(store.getAll(IDBKeyRange.bound([who], [who, []])))) as Operation[];
    return found.sort((a, b) => a.number - b.number);
  }

  async forget(operations: readonly Operation[]): Promise<void> {
    const transaction = (await this.#open()).transaction("operations", "readwrite", { durability: "strict" });
    for (const one of operations) transaction.objectStore("operations").delete([one.who, one.queue, one.number]);
    await done(transaction);
  }
}
