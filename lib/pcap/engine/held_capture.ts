/**
 * A checked capture in the hands of several readers: each holds it while it reads, the last one to
 * let go closes it.
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";
import type { CaptureFile, CaptureIdentity } from "../../io/capture_file.ts";
import type { ByteSource } from "../window.ts";

/** Bytes of one capture from its first on. */
export interface CaptureSource extends ByteSource {
  /** Gives up what the source holds; the capture stays open. */
  close(): void;
}

/** The bytes of a capture in a form that another thread can be handed. */
export type SharedBytes =
  /** To be opened there; it must still be the same. */
  | { readonly kind: "file"; readonly identity: CaptureIdentity }
  /** A ring of `byte_ring.ts`; who was handed it closes it. */
  | { readonly kind: "ring"; readonly ring: SharedArrayBuffer; readonly sizeBytes: number };

/** Where the bytes of a capture come from: a file of this thread, or of another one. */
export interface CaptureStore {
  readonly identity: CaptureIdentity;
  /** Starts at the first byte; several sources may be open. */
  open(): CaptureSource;
  /** What another thread needs to do as {@link CaptureStore.open} does. */
  share(): SharedBytes;
  /** @throws {Unavailable} `env.file_changed` if the bytes may be others than when it was opened */
  assertUnchanged(): void;
  close(): void;
}

/** A capture that is closed when nobody holds it any more. */
export class HeldCapture {
  readonly store: CaptureStore;
  #holders = 1;

  /** Held by the caller. */
  constructor(store: CaptureStore) {
    this.store = store;
  }

  /** One holder more. */
  hold(): void {
    this.#holders++;
  }

  /** One holder less; the last one closes it. */
  release(): void {
    if (--this.#holders === 0) this.store.close();
  }
}

/** The store of a file that this thread has opened; it owns the file. */
export function storeOfFile(file: CaptureFile): CaptureStore {
  return {
    identity: file.identity,
    open() {
      let next = 0;
      return {
        sizeBytes: file.sizeBytes,
        readSync(into) {
          const read = file.readAtSync(into, next);
          if (read !== null) next += read;
          return read;
        },
        close() {},
      };
    },
    share: () => ({ kind: "file", identity: file.identity }),
    assertUnchanged() {
      if (file.hasChanged()) throw captureChanged(file.identity.realPath);
    },
    close: () => file.close(),
  };
}

/** What is said of a capture that changed while it was read. */
export function captureChanged(path: string): Unavailable {
  return new Unavailable(
    "file_changed",
    `Cannot answer about ${JSON.stringify(path)}: it was changed while it was being read`,
    { hint: "Ask again once the file is complete.", retryable: true },
  );
}

/** Text that is equal exactly for equal identities. */
export function identityKey(identity: CaptureIdentity): string {
  const { realPath, sizeBytes, mtimeMs, ctimeMs, inode } = identity;
  return JSON.stringify([realPath, sizeBytes, mtimeMs, ctimeMs, inode]);
}
