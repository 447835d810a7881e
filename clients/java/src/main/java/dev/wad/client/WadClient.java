package dev.wad.client;

import dev.wad.v1.AccessServiceGrpc;
import dev.wad.v1.AdminServiceGrpc;
import dev.wad.v1.DeviceServiceGrpc;
import dev.wad.v1.EventServiceGrpc;
import dev.wad.v1.GetMessageRequest;
import dev.wad.v1.LinkSessionRequest;
import dev.wad.v1.LinkSessionResponse;
import dev.wad.v1.Message;
import dev.wad.v1.MessageServiceGrpc;
import dev.wad.v1.Receive;
import dev.wad.v1.SessionServiceGrpc;
import dev.wad.v1.WatchEventsRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Calls one daemon. Any number of threads may use it at once.
 *
 * <p>The stubs throw {@link StatusRuntimeException}, as gRPC has it; {@link #call} turns that into {@link WadException}.
 */
public final class WadClient implements AutoCloseable {
    private final Connection connection;

    private WadClient(Connection connection) {
        this.connection = connection;
    }

    /**
     * Returns a client of the daemon of this host: that of WAD_ADDRESS, else of the first socket there is at
     * $XDG_RUNTIME_DIR/wad, $XDG_STATE_HOME/wad/run (or ~/.local/state/wad/run) and /run/wad.
     *
     * @throws WadException there is none
     */
    public static WadClient connect() {
        return builder().connect();
    }

    /** Returns a client to be, of the daemon of this host unless it is told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes a call of a stub and returns what that returns.
     *
     * @throws WadException the call failed
     */
    public static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException error) {
            throw WadException.of(error);
        }
    }

    /**
     * Makes a session live and follows it, step by step, until it is connected or over: the first step is the session as it
     * is, the last one has {@code connected} or {@code removed}. Closing it early leaves the session as it is; linking that
     * again goes on with it.
     */
    public Responses<LinkSessionResponse> link(LinkSessionRequest request) {
        return new Call<>(() -> sessions().linkSession(request));
    }

    /** Follows a session as {@link #link(LinkSessionRequest)} does. */
    public Responses<LinkSessionResponse> link(String sessionId) {
        return link(LinkSessionRequest.newBuilder().setSessionId(sessionId).build());
    }

    /**
     * Watches the sessions that match the request, beginning where the request says: with a snapshot, after a token, or with
     * the next event. Nothing is asked of the daemon before the watch is gone through.
     */
    public Watch watch(WatchEventsRequest request) {
        return new Watch(next -> new Call<>(() -> events().watchEvents(next)), request);
    }

    /** Watches all sessions, as {@link #watch(WatchEventsRequest)} does. */
    public Watch watch() {
        return watch(WatchEventsRequest.getDefaultInstance());
    }

    /**
     * Receives what others send to the sessions that are asked for, each message at least once and until it is acknowledged.
     * Nothing is asked of the daemon before the inbox is gone through.
     */
    public Inbox receive(Receive receive) {
        return new Inbox(MessageServiceGrpc.newStub(channel()), receive);
    }

    /** Receives what others send to all sessions, as {@link #receive(Receive)} does. */
    public Inbox receive() {
        return receive(Receive.getDefaultInstance());
    }

    /**
     * Returns what is known of one message.
     *
     * @param sessionId the session that has received or sent it
     * @param messageId WhatsApp's id of it
     * @throws WadException the call failed
     */
    public Message getMessage(String sessionId, String messageId) {
        GetMessageRequest request = GetMessageRequest.newBuilder()
                .setSessionId(sessionId)
                .setMessageId(messageId)
                .build();
        return call(() -> messages().getMessage(request)).getMessage();
    }

    /** Returns the stub that creates, finds and removes sessions. */
    public SessionServiceGrpc.SessionServiceBlockingStub sessions() {
        return SessionServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the stub that links many devices to one phone. */
    public DeviceServiceGrpc.DeviceServiceBlockingStub devices() {
        return DeviceServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the stub that sends messages; {@link #receive()} also goes on by itself. */
    public MessageServiceGrpc.MessageServiceBlockingStub messages() {
        return MessageServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the stub that tells what happens to sessions; {@link #watch()} also resumes. */
    public EventServiceGrpc.EventServiceBlockingStub events() {
        return EventServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the stub that runs the daemon. */
    public AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the stub that says who may call. */
    public AccessServiceGrpc.AccessServiceBlockingStub access() {
        return AccessServiceGrpc.newBlockingStub(channel());
    }

    /** Returns the channel, for the other kinds of stubs. */
    public Channel channel() {
        return connection.channel();
    }

    /** Ends every call that is under way, with CANCELLED, and the connection. */
    @Override
    public void close() {
        connection.close();
    }

    /** Says where a daemon is and who calls it. */
    public static final class Builder {
        String target;
        String token;
        Path caFile;
        Path certFile;
        Path keyFile;
        boolean insecure;

        private Builder() {}

        /** Sets the daemon's address: {@code unix:///path/to/wad.sock} or {@code host:port}. */
        public Builder target(String target) {
            this.target = target;
            return this;
        }

        /** Sets the token to send with every call; none by default. */
        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** Sets the file of certificates, as PEM, that the daemon's may be signed by; by default those that Java trusts. */
        public Builder caFile(Path caFile) {
            this.caFile = caFile;
            return this;
        }

        /** Sets the files of the certificate and of its key, as PEM (PKCS #8), that the caller shows; none by default. */
        public Builder certificate(Path certFile, Path keyFile) {
            this.certFile = certFile;
            this.keyFile = keyFile;
            return this;
        }

        /** Allows plain text to a {@code host:port}, token and all; TLS by default. */
        public Builder insecure(boolean insecure) {
            this.insecure = insecure;
            return this;
        }

        /**
         * Returns the client. Nothing is dialled before the first call, which fails with UNAVAILABLE when no daemon answers.
         *
         * @throws WadException there is no such address, no daemon at the usual places, or no use for a file
         */
        public WadClient connect() {
            return new WadClient(Connection.open(this));
        }
    }
}
