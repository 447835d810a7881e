from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FailureReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FAILURE_REASON_UNSPECIFIED: _ClassVar[FailureReason]
    FAILURE_REASON_SESSION_BUSY: _ClassVar[FailureReason]
    FAILURE_REASON_ENGINE_INCOMPATIBLE: _ClassVar[FailureReason]
    FAILURE_REASON_REFUSED: _ClassVar[FailureReason]
    FAILURE_REASON_TIMEOUT: _ClassVar[FailureReason]
    FAILURE_REASON_STORAGE: _ClassVar[FailureReason]
    FAILURE_REASON_SHUTTING_DOWN: _ClassVar[FailureReason]
    FAILURE_REASON_BAD_REQUEST: _ClassVar[FailureReason]
    FAILURE_REASON_INVALID_PHONE_NUMBER: _ClassVar[FailureReason]
    FAILURE_REASON_PAIRING_CODE_REFUSED: _ClassVar[FailureReason]

class MessageKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MESSAGE_KIND_UNSPECIFIED: _ClassVar[MessageKind]
    MESSAGE_KIND_TEXT: _ClassVar[MessageKind]
    MESSAGE_KIND_MEDIA: _ClassVar[MessageKind]
    MESSAGE_KIND_OTHER: _ClassVar[MessageKind]
FAILURE_REASON_UNSPECIFIED: FailureReason
FAILURE_REASON_SESSION_BUSY: FailureReason
FAILURE_REASON_ENGINE_INCOMPATIBLE: FailureReason
FAILURE_REASON_REFUSED: FailureReason
FAILURE_REASON_TIMEOUT: FailureReason
FAILURE_REASON_STORAGE: FailureReason
FAILURE_REASON_SHUTTING_DOWN: FailureReason
FAILURE_REASON_BAD_REQUEST: FailureReason
FAILURE_REASON_INVALID_PHONE_NUMBER: FailureReason
FAILURE_REASON_PAIRING_CODE_REFUSED: FailureReason
MESSAGE_KIND_UNSPECIFIED: MessageKind
MESSAGE_KIND_TEXT: MessageKind
MESSAGE_KIND_MEDIA: MessageKind
MESSAGE_KIND_OTHER: MessageKind

class Frame(_message.Message):
    __slots__ = ("hello", "attach", "request", "response", "event", "ack", "log_line")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    ATTACH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    LOG_LINE_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    attach: Attach
    request: Request
    response: Response
    event: Event
    ack: Ack
    log_line: LogLine
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., attach: _Optional[_Union[Attach, _Mapping]] = ..., request: _Optional[_Union[Request, _Mapping]] = ..., response: _Optional[_Union[Response, _Mapping]] = ..., event: _Optional[_Union[Event, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., log_line: _Optional[_Union[LogLine, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("protocol_version", "worker_id", "pid", "engine_version", "engine_failure", "oldest_sequence", "newest_sequence", "sessions")
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    ENGINE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FAILURE_FIELD_NUMBER: _ClassVar[int]
    OLDEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    NEWEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    protocol_version: int
    worker_id: str
    pid: int
    engine_version: str
    engine_failure: Failure
    oldest_sequence: int
    newest_sequence: int
    sessions: _containers.RepeatedCompositeFieldContainer[RunningSession]
    def __init__(self, protocol_version: _Optional[int] = ..., worker_id: _Optional[str] = ..., pid: _Optional[int] = ..., engine_version: _Optional[str] = ..., engine_failure: _Optional[_Union[Failure, _Mapping]] = ..., oldest_sequence: _Optional[int] = ..., newest_sequence: _Optional[int] = ..., sessions: _Optional[_Iterable[_Union[RunningSession, _Mapping]]] = ...) -> None: ...

class RunningSession(_message.Message):
    __slots__ = ("session_id", "generation", "connected", "logged_in", "latest")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    LOGGED_IN_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    connected: bool
    logged_in: bool
    latest: Event
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., connected: _Optional[bool] = ..., logged_in: _Optional[bool] = ..., latest: _Optional[_Union[Event, _Mapping]] = ...) -> None: ...

class Attach(_message.Message):
    __slots__ = ("protocol_version", "resume_after")
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    RESUME_AFTER_FIELD_NUMBER: _ClassVar[int]
    protocol_version: int
    resume_after: int
    def __init__(self, protocol_version: _Optional[int] = ..., resume_after: _Optional[int] = ...) -> None: ...

class Request(_message.Message):
    __slots__ = ("id", "start", "stop", "unlink", "shutdown", "ping", "pair_code", "probe", "send_text")
    ID_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    UNLINK_FIELD_NUMBER: _ClassVar[int]
    SHUTDOWN_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    PAIR_CODE_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    SEND_TEXT_FIELD_NUMBER: _ClassVar[int]
    id: int
    start: Start
    stop: Stop
    unlink: Unlink
    shutdown: Shutdown
    ping: Ping
    pair_code: PairCode
    probe: Probe
    send_text: SendText
    def __init__(self, id: _Optional[int] = ..., start: _Optional[_Union[Start, _Mapping]] = ..., stop: _Optional[_Union[Stop, _Mapping]] = ..., unlink: _Optional[_Union[Unlink, _Mapping]] = ..., shutdown: _Optional[_Union[Shutdown, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ..., pair_code: _Optional[_Union[PairCode, _Mapping]] = ..., probe: _Optional[_Union[Probe, _Mapping]] = ..., send_text: _Optional[_Union[SendText, _Mapping]] = ...) -> None: ...

class Start(_message.Message):
    __slots__ = ("session_id", "generation")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ...) -> None: ...

class Stop(_message.Message):
    __slots__ = ("session_id", "generation", "timeout_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    timeout_seconds: float
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., timeout_seconds: _Optional[float] = ...) -> None: ...

class Unlink(_message.Message):
    __slots__ = ("session_id", "generation", "timeout_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    timeout_seconds: float
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., timeout_seconds: _Optional[float] = ...) -> None: ...

class PairCode(_message.Message):
    __slots__ = ("session_id", "generation", "phone_number", "show_push_notification", "timeout_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    PHONE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SHOW_PUSH_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    phone_number: str
    show_push_notification: bool
    timeout_seconds: float
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., phone_number: _Optional[str] = ..., show_push_notification: _Optional[bool] = ..., timeout_seconds: _Optional[float] = ...) -> None: ...

class Probe(_message.Message):
    __slots__ = ("session_id", "generation", "timeout_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    timeout_seconds: float
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., timeout_seconds: _Optional[float] = ...) -> None: ...

class SendText(_message.Message):
    __slots__ = ("session_id", "generation", "to", "text", "timeout_seconds")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    generation: int
    to: str
    text: str
    timeout_seconds: float
    def __init__(self, session_id: _Optional[str] = ..., generation: _Optional[int] = ..., to: _Optional[str] = ..., text: _Optional[str] = ..., timeout_seconds: _Optional[float] = ...) -> None: ...

class Shutdown(_message.Message):
    __slots__ = ("timeout_seconds",)
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    timeout_seconds: float
    def __init__(self, timeout_seconds: _Optional[float] = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Response(_message.Message):
    __slots__ = ("id", "failure", "leaked_threads", "pairing_code", "message_id", "unacknowledged_events")
    ID_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LEAKED_THREADS_FIELD_NUMBER: _ClassVar[int]
    PAIRING_CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    UNACKNOWLEDGED_EVENTS_FIELD_NUMBER: _ClassVar[int]
    id: int
    failure: Failure
    leaked_threads: int
    pairing_code: str
    message_id: str
    unacknowledged_events: int
    def __init__(self, id: _Optional[int] = ..., failure: _Optional[_Union[Failure, _Mapping]] = ..., leaked_threads: _Optional[int] = ..., pairing_code: _Optional[str] = ..., message_id: _Optional[str] = ..., unacknowledged_events: _Optional[int] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ("reason", "message")
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    reason: FailureReason
    message: str
    def __init__(self, reason: _Optional[_Union[FailureReason, str]] = ..., message: _Optional[str] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("sequence",)
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    def __init__(self, sequence: _Optional[int] = ...) -> None: ...

class LogLine(_message.Message):
    __slots__ = ("level", "module", "text", "at_unix_ms", "dropped", "session_id")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    MODULE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    level: str
    module: str
    text: str
    at_unix_ms: int
    dropped: int
    session_id: str
    def __init__(self, level: _Optional[str] = ..., module: _Optional[str] = ..., text: _Optional[str] = ..., at_unix_ms: _Optional[int] = ..., dropped: _Optional[int] = ..., session_id: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("sequence", "session_id", "generation", "at_unix_ms", "qr_issued", "qr_batch_ended", "pair_succeeded", "pair_failed", "sync_started", "connection_opened", "connection_lost", "connect_failed", "logged_out", "stream_replaced", "temporarily_banned", "client_outdated", "client_ended", "message_received", "login_stalled")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    QR_ISSUED_FIELD_NUMBER: _ClassVar[int]
    QR_BATCH_ENDED_FIELD_NUMBER: _ClassVar[int]
    PAIR_SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    PAIR_FAILED_FIELD_NUMBER: _ClassVar[int]
    SYNC_STARTED_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_OPENED_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_LOST_FIELD_NUMBER: _ClassVar[int]
    CONNECT_FAILED_FIELD_NUMBER: _ClassVar[int]
    LOGGED_OUT_FIELD_NUMBER: _ClassVar[int]
    STREAM_REPLACED_FIELD_NUMBER: _ClassVar[int]
    TEMPORARILY_BANNED_FIELD_NUMBER: _ClassVar[int]
    CLIENT_OUTDATED_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ENDED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    LOGIN_STALLED_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    session_id: str
    generation: int
    at_unix_ms: int
    qr_issued: QrIssued
    qr_batch_ended: QrBatchEnded
    pair_succeeded: PairSucceeded
    pair_failed: PairFailed
    sync_started: SyncStarted
    connection_opened: ConnectionOpened
    connection_lost: ConnectionLost
    connect_failed: ConnectFailed
    logged_out: LoggedOut
    stream_replaced: StreamReplaced
    temporarily_banned: TemporarilyBanned
    client_outdated: ClientOutdated
    client_ended: ClientEnded
    message_received: MessageReceived
    login_stalled: LoginStalled
    def __init__(self, sequence: _Optional[int] = ..., session_id: _Optional[str] = ..., generation: _Optional[int] = ..., at_unix_ms: _Optional[int] = ..., qr_issued: _Optional[_Union[QrIssued, _Mapping]] = ..., qr_batch_ended: _Optional[_Union[QrBatchEnded, _Mapping]] = ..., pair_succeeded: _Optional[_Union[PairSucceeded, _Mapping]] = ..., pair_failed: _Optional[_Union[PairFailed, _Mapping]] = ..., sync_started: _Optional[_Union[SyncStarted, _Mapping]] = ..., connection_opened: _Optional[_Union[ConnectionOpened, _Mapping]] = ..., connection_lost: _Optional[_Union[ConnectionLost, _Mapping]] = ..., connect_failed: _Optional[_Union[ConnectFailed, _Mapping]] = ..., logged_out: _Optional[_Union[LoggedOut, _Mapping]] = ..., stream_replaced: _Optional[_Union[StreamReplaced, _Mapping]] = ..., temporarily_banned: _Optional[_Union[TemporarilyBanned, _Mapping]] = ..., client_outdated: _Optional[_Union[ClientOutdated, _Mapping]] = ..., client_ended: _Optional[_Union[ClientEnded, _Mapping]] = ..., message_received: _Optional[_Union[MessageReceived, _Mapping]] = ..., login_stalled: _Optional[_Union[LoginStalled, _Mapping]] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("jid", "lid", "push_name", "platform", "business_name")
    JID_FIELD_NUMBER: _ClassVar[int]
    LID_FIELD_NUMBER: _ClassVar[int]
    PUSH_NAME_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_NAME_FIELD_NUMBER: _ClassVar[int]
    jid: str
    lid: str
    push_name: str
    platform: str
    business_name: str
    def __init__(self, jid: _Optional[str] = ..., lid: _Optional[str] = ..., push_name: _Optional[str] = ..., platform: _Optional[str] = ..., business_name: _Optional[str] = ...) -> None: ...

class QrIssued(_message.Message):
    __slots__ = ("code", "valid_for_seconds")
    CODE_FIELD_NUMBER: _ClassVar[int]
    VALID_FOR_SECONDS_FIELD_NUMBER: _ClassVar[int]
    code: str
    valid_for_seconds: float
    def __init__(self, code: _Optional[str] = ..., valid_for_seconds: _Optional[float] = ...) -> None: ...

class QrBatchEnded(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PairSucceeded(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class PairFailed(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: str
    def __init__(self, message: _Optional[str] = ...) -> None: ...

class SyncStarted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LoginStalled(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ConnectionOpened(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class ConnectionLost(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: str
    def __init__(self, message: _Optional[str] = ...) -> None: ...

class ConnectFailed(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class LoggedOut(_message.Message):
    __slots__ = ("on_connect", "code")
    ON_CONNECT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    on_connect: bool
    code: int
    def __init__(self, on_connect: _Optional[bool] = ..., code: _Optional[int] = ...) -> None: ...

class StreamReplaced(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TemporarilyBanned(_message.Message):
    __slots__ = ("code", "expires_in_seconds")
    CODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    code: int
    expires_in_seconds: float
    def __init__(self, code: _Optional[int] = ..., expires_in_seconds: _Optional[float] = ...) -> None: ...

class ClientOutdated(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ClientEnded(_message.Message):
    __slots__ = ("message", "store_lost")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    STORE_LOST_FIELD_NUMBER: _ClassVar[int]
    message: str
    store_lost: bool
    def __init__(self, message: _Optional[str] = ..., store_lost: _Optional[bool] = ...) -> None: ...

class MessageReceived(_message.Message):
    __slots__ = ("text", "media", "other", "messages", "receipts")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    text: int
    media: int
    other: int
    messages: _containers.RepeatedCompositeFieldContainer[Message]
    receipts: _containers.RepeatedCompositeFieldContainer[Receipt]
    def __init__(self, text: _Optional[int] = ..., media: _Optional[int] = ..., other: _Optional[int] = ..., messages: _Optional[_Iterable[_Union[Message, _Mapping]]] = ..., receipts: _Optional[_Iterable[_Union[Receipt, _Mapping]]] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ("message_id", "chat", "sender", "push_name", "kind", "text", "sent_at_unix_ms")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    PUSH_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    chat: str
    sender: str
    push_name: str
    kind: MessageKind
    text: str
    sent_at_unix_ms: int
    def __init__(self, message_id: _Optional[str] = ..., chat: _Optional[str] = ..., sender: _Optional[str] = ..., push_name: _Optional[str] = ..., kind: _Optional[_Union[MessageKind, str]] = ..., text: _Optional[str] = ..., sent_at_unix_ms: _Optional[int] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("message_ids", "chat", "sender", "read", "at_unix_ms")
    MESSAGE_IDS_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    message_ids: _containers.RepeatedScalarFieldContainer[str]
    chat: str
    sender: str
    read: bool
    at_unix_ms: int
    def __init__(self, message_ids: _Optional[_Iterable[str]] = ..., chat: _Optional[str] = ..., sender: _Optional[str] = ..., read: _Optional[bool] = ..., at_unix_ms: _Optional[int] = ...) -> None: ...
