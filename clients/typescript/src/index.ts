export { Code } from "@connectrpc/connect";
export { Client, type ClientOptions, type GetMessageOptions, type LinkOptions } from "./client.js";
export { WadError, type Violation } from "./errors.js";
export type { Calls } from "./calls.js";
export { Inbox, type ReceiveOptions } from "./inbox.js";
export { Watch, type WatchOptions } from "./watch.js";
