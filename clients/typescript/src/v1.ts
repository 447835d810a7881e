// The contract: messages, enums and services, generated from the protos.
export * from "./gen/wad/v1/access_pb.js";
export * from "./gen/wad/v1/admin_pb.js";
export * from "./gen/wad/v1/device_pb.js";
export * from "./gen/wad/v1/error_pb.js";
export * from "./gen/wad/v1/event_pb.js";
export * from "./gen/wad/v1/message_pb.js";
export * from "./gen/wad/v1/session_pb.js";
