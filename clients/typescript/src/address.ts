import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { Code } from "@connectrpc/connect";

import { WAY_ON, WadError } from "./errors.js";

/** A daemon's address. */
export interface Address {
  /** As people write it. */
  shown: string;
  /** Path of its unix socket, if it is one. */
  socket?: string;
}

type Environment = Record<string, string | undefined>;

/** Returns where a daemon's unix socket is looked for, in this order. */
function defaultSockets(environment: Environment): string[] {
  const { XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: state, HOME: home = "" } = environment;
  const own = runtime ? [`${runtime}/wad`] : [];
  return [...own, `${state || `${home}/.local/state`}/wad/run`, "/run/wad"].map((place) => `${place}/wad.sock`);
}

/**
 * Returns the daemon's address: the one given, else that of `WAD_ADDRESS`, else the first socket there is.
 *
 * @throws WadError None is known, and there is no socket at the usual places.
 * @throws TypeError What is given is no address.
 */
export function find(given: string | undefined, environment: Environment): Address {
  const known = given || environment["WAD_ADDRESS"];
  if (known) return parse(known);
  const places = defaultSockets(environment);
  const found = places.find((path) => existsSync(path));
  if (found) return unix(found);
  const tried = `there is no socket at ${places.join(", ")}`;
  throw new WadError(Code.Unavailable, `The wad daemon is not running here: ${tried}. ${WAY_ON}`);
}

function parse(text: string): Address {
  const path = /^unix:(?:\/\/)?(.+)$/.exec(text)?.[1];
  if (path) return unix(path);
  const port = Number(/^[^/]+:(\d{1,5})$/.exec(text)?.[1]);
  if (port > 0 && port < 1 << 16) return { shown: text };
  throw new TypeError(`"${text}" is not an address; use unix:///path/to/wad.sock or host:port.`);
}

function unix(path: string): Address {
  const socket = resolve(path);
  return { shown: `unix://${socket}`, socket };
}
