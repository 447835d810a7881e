import { setTimeout as sleep } from "node:timers/promises";

import { Code } from "@connectrpc/connect";

import type { WadError } from "./errors.js";

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Says when a stream that broke off is to be asked for again. */
export class Resumption {
  /** A daemon has answered, whatever it said: one that goes away will be back. */
  reached = false;
  #failures = 0; // in a row

  /** How often in a row it was waited for. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes that the daemon has told something. */
  told(): void {
    this.reached = true;
    this.#failures = 0;
  }

  /** Returns whether asking again can mend that. */
  helps(error: WadError): boolean {
    if (error.code === Code.Unavailable) return this.reached || error.reason !== "";
    return error.code === Code.ResourceExhausted && error.reason === "SLOW_CONSUMER";
  }

  /**
   * Waits for as long as the daemon asks for, and for a time that grows with each failure in a row; chance shortens that
   * by up to a half, so that not all callers come back at once.
   *
   * @param signal Ends the wait.
   */
  async pause(askedForMs: number, signal: AbortSignal): Promise<void> {
    const grown = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** this.#failures);
    const chance = 0.5 + Math.random() / 2;
    this.#failures += 1;
    const over = sleep(askedForMs + grown * chance, undefined, { signal });
    await over.catch(() => undefined); // only the signal makes it fail
  }
}
