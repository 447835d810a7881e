"""The client."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, Self

from wad_client import address
from wad_client.channel import Security, open_channel
from wad_client.inbox import Inbox
from wad_client.v1 import (
    access_pb2_grpc,
    admin_pb2_grpc,
    device_pb2_grpc,
    event_pb2,
    event_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)
from wad_client.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


class Client:
    """Calls one daemon; many threads may share it.

    Every call fails with :class:`WadError`. Nothing is dialled before the first call.

    Args:
        target: ``unix:///path/to/wad.sock`` or ``host:port``. By default ``WAD_ADDRESS``, else the first socket there
            is at ``$XDG_RUNTIME_DIR/wad``, ``$XDG_STATE_HOME/wad/run`` (or ``~/.local/state/wad/run``) and
            ``/run/wad``.
        token: Sent with every call.
        ca_file: Certificates, as PEM, of which one must have signed the daemon's. By default those of the public
            authorities that gRPC knows.
        cert_file: The certificate that the caller shows, with its chain, as PEM. By default none.
        key_file: Its key, as PEM.
        insecure: Allow plain text to a ``host:port``, token and all. By default that takes TLS.

    Attributes:
        sessions: Stub of SessionService, and so on.

    Raises:
        OSError: A file cannot be read.
        ValueError: The target is no address, or the security does not fit it.
        WadError: No target is known, and there is no socket at the usual places.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        token: str | None = None,
        ca_file: str | Path | None = None,
        cert_file: str | Path | None = None,
        key_file: str | Path | None = None,
        insecure: bool = False,
    ) -> None:
        self._channel = open_channel(
            address.find(target, os.environ), Security(token, ca_file, cert_file, key_file, insecure)
        )
        self._endless = weakref.WeakSet[Watch | Inbox]()
        self.sessions = session_pb2_grpc.SessionServiceStub(self._channel)
        self.devices = device_pb2_grpc.DeviceServiceStub(self._channel)
        self.messages = message_pb2_grpc.MessageServiceStub(self._channel)
        self.events = event_pb2_grpc.EventServiceStub(self._channel)
        self.admin = admin_pb2_grpc.AdminServiceStub(self._channel)
        self.access = access_pb2_grpc.AccessServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every watch and inbox, every other call that is under way, and the connection."""
        for endless in list(self._endless):
            endless.close()
        self._channel.close()

    def link(
        self,
        session_id: str,
        *,
        phone_number: str = "",
        policy: session_pb2.Policy | None = None,
        labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Iterator[session_pb2.LinkSessionResponse]:
        """Make a session live, and yield each step until it is ``connected`` or ``removed``.

        Whatever the step, its ``session.qr`` is the QR to show, if there is one. Leaving the loop early leaves the
        session as it is; linking it again goes on from there.

        Args:
            session_id: The session.
            phone_number: Also have a pairing code for this phone.
            policy: Limits that differ from the daemon's defaults.
            labels: The owner's notes.
            timeout: Seconds after which this, not the session, ends with DEADLINE_EXCEEDED.

        Raises:
            WadError: While iterating: see LinkSession in the contract.
        """
        request = session_pb2.LinkSessionRequest(
            session_id=session_id, policy=policy, labels=labels, phone_number=phone_number
        )
        call: Any = self.sessions.LinkSession(request, timeout=timeout)
        try:
            yield from call
        finally:
            call.cancel()

    def watch(
        self,
        *,
        session_ids: Iterable[str] = (),
        types: Iterable[event_pb2.EventType.ValueType] = (),
        phone_number: str = "",
        after_token: str = "",
        from_now: bool = False,
    ) -> Watch:
        """Return an endless iterator over what happens to sessions, which resumes by itself.

        Args:
            session_ids: Only these sessions.
            types: Only events of these types.
            phone_number: Only devices of this phone.
            after_token: Continue after the item that this was the watch's token at, under the same filters.
            from_now: Begin with the next event, without a snapshot.

        Raises:
            ValueError: Both *after_token* and *from_now* were given.
        """
        if after_token and from_now:
            raise ValueError("A watch begins either after a token or from now on; give one of the two.")
        request = event_pb2.WatchEventsRequest(session_ids=session_ids, types=types, phone_number=phone_number)
        if after_token:
            request.after_token = after_token
        if from_now:
            request.from_now.SetInParent()
        watch = Watch(self.events.WatchEvents, request)
        self._endless.add(watch)
        return watch

    def receive(self, *, session_ids: Iterable[str] = (), max_unacknowledged: int = 0) -> Inbox:
        """Return an endless iterator over what others send to sessions, which goes on by itself.

        Each message comes until it is acknowledged, at least once.

        Args:
            session_ids: Only to these sessions, whether or not they exist yet.
            max_unacknowledged: Messages that may wait for their acknowledgement before no more come: 1 to 1000. By
                default as many as the daemon finds right.
        """
        receive = message_pb2.Receive(session_ids=session_ids, max_unacknowledged=max_unacknowledged)
        inbox = Inbox(self.messages.ReceiveMessages, receive)
        self._endless.add(inbox)
        return inbox

    def get_message(self, session_id: str, message_id: str, *, timeout: float | None = None) -> message_pb2.Message:
        """Return what is known of one message.

        Args:
            session_id: The session that has received or sent it.
            message_id: WhatsApp's id of it.
            timeout: Seconds after which this ends with DEADLINE_EXCEEDED.

        Raises:
            WadError: See GetMessage in the contract.
        """
        request = message_pb2.GetMessageRequest(session_id=session_id, message_id=message_id)
        response: message_pb2.GetMessageResponse = self.messages.GetMessage(request, timeout=timeout)
        return response.message
