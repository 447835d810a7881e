package dev.wad.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A service and a client of it. */
final class Served implements AutoCloseable {
    static final Throwable BROKEN = Status.UNAVAILABLE.withDescription("the connection broke").asException();

    final WadClient client;
    private final Server server;

    Served(BindableService service) throws IOException {
        var anyPort = new InetSocketAddress("127.0.0.1", 0);
        server = NettyServerBuilder.forAddress(anyPort, InsecureServerCredentials.create())
                .addService(service)
                .intercept(new Headers())
                .build()
                .start();
        client = WadClient.builder().target("127.0.0.1:" + server.getPort()).insecure(true).connect();
    }

    static Throwable failure(Status.Code code, String reason) {
        return failure(code, reason, 0);
    }

    /** Returns an error as the daemon sends it. */
    static Throwable failure(Status.Code code, String reason, long retryAfterSeconds) {
        RetryInfo.Builder retry = RetryInfo.newBuilder();
        retry.getRetryDelayBuilder().setSeconds(retryAfterSeconds);
        return StatusProto.toStatusException(com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).setDomain("wad.v1").build()))
                .addDetails(Any.pack(retry.build()))
                .build());
    }

    @Override
    public void close() {
        client.close();
        server.shutdownNow();
    }

    /** Answers each call with its headers at once, as the daemon does, and not only with the first message. */
    private static final class Headers implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata request, ServerCallHandler<Q, R> next) {
            call.sendHeaders(new Metadata());
            return next.startCall(
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void sendHeaders(Metadata again) {}
                    },
                    request);
        }
    }
}
