/** A file that MRT records are put into, gathered into large writes. */

/** The file. */
export class RecordFile {
  readonly #file: Deno.FsFile;
  #parts: Uint8Array[] = [];
  #waiting = 0;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  static async create(path: string): Promise<RecordFile> {
    return new RecordFile(await Deno.create(path));
  }

  async write(record: Uint8Array): Promise<void> {
    this.#parts.push(record);
    this.#waiting += record.length;
    if (this.#waiting > 1 << 20) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#file.close();
  }

  async #flush(): Promise<void> {
    const whole = new Uint8Array(this.#waiting);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#waiting = 0;
    for (let done = 0; done < whole.length;) done += await this.#file.write(whole.subarray(done));
  }
}
