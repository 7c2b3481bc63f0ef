/** Work kept on this telephone (IndexedDB): written down before anything else happens, gone once the house has it and its pages show it. */
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

  /** Begins a transaction, with a new connection where the old one was lost: browsers close them as they like. */
  async #begin(stores: string[], mode: IDBTransactionMode): Promise<IDBTransaction> {
    const begin = async () => (await this.#open()).transaction(stores, mode, { durability: "strict" });
    return begin().catch(() => {
      this.#base = undefined;
      return begin();
    });
  }

  /** Writes an operation down under the next number of its owner's queue; once this resolves it survives a dead battery. */
  async add(what: Omit<Operation, "queue" | "number">): Promise<Operation> {
    const transaction = await this.#begin(["operations", "places"], "readwrite");
    const places = transaction.objectStore("places");
    const place = ((await asked(places.get(what.who))) as Place | undefined) ?? { who: what.who, queue: crypto.randomUUID(), next: 1 };
    const operation = { ...what, queue: place.queue, number: place.next };
    places.put({ ...place, next: place.next + 1 });
    transaction.objectStore("operations").add(operation);
    await done(transaction);
    return operation;
  }

  /** Everything of one technician, in its order. */
  async all(who: string): Promise<Operation[]> {
    const store = (await this.#begin(["operations"], "readonly")).objectStore("operations");
    const found = (await asked(store.getAll(IDBKeyRange.bound([who], [who, []])))) as Operation[];
    return found.sort((a, b) => a.number - b.number);
  }

  /** Lets go of what the house has, of whomever it is, where `done` says so; what it has not stays. */
  async sweep(done: (one: Operation) => boolean): Promise<void> {
    const store = (await this.#begin(["operations"], "readonly")).objectStore("operations");
    const all = (await asked(store.getAll())) as Operation[];
    await this.settle([], all.filter((one) => one.answered && done(one)));
  }

  /** Writes down what became of some, and lets go of others, both or neither. */
  async settle(keep: readonly Operation[], forget: readonly Operation[]): Promise<void> {
    const transaction = await this.#begin(["operations"], "readwrite");
    const store = transaction.objectStore("operations");
    for (const one of keep) store.put(one);
    for (const one of forget) store.delete([one.who, one.queue, one.number]);
    await done(transaction);
  }
}
