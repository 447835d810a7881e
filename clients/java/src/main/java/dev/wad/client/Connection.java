package dev.wad.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/** The way to one daemon. */
final class Connection implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final ManagedChannel bare;
    private final Channel channel;
    private final EventLoopGroup loops; // of a unix socket only; gRPC has its own for TCP

    private Connection(ManagedChannel bare, Interceptor interceptor, EventLoopGroup loops) {
        this.bare = bare;
        this.channel = ClientInterceptors.intercept(bare, interceptor);
        this.loops = loops;
    }

    /**
     * Prepares the way to a daemon; nothing is dialled.
     *
     * @throws WadException there is no such address, no daemon at the usual places, or no use for a file
     */
    static Connection open(WadClient.Builder options) {
        Address address = Address.find(options.target, System.getenv());
        ChannelCredentials security = security(address, options);
        NettyChannelBuilder builder;
        EventLoopGroup loops = null;
        if (address.socket() != null) {
            loops = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("wad-client", true), NioIoHandler.newFactory());
            builder = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(address.socket()), security)
                    .eventLoopGroup(loops)
                    .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                    .withOption(ChannelOption.SO_KEEPALIVE, null) // of TCP alone; Netty would warn with every connection
                    .overrideAuthority("localhost");
        } else {
            builder = forTarget("dns:///" + address.hostPort(), security);
        }
        ManagedChannel bare = builder
                .proxyDetector(to -> null) // the daemon is on this host or in this network, whatever the shell's proxy is
                .disableServiceConfigLookUp() // DNS has no say in which calls are repeated
                .userAgent("wad-client-java")
                .keepAliveTime(30, TimeUnit.SECONDS) // a connection whose other end has silently gone is given up
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
        return new Connection(bare, new Interceptor(bare, address, options.token), loops);
    }

    private static NettyChannelBuilder forTarget(String target, ChannelCredentials security) {
        try {
            return NettyChannelBuilder.forTarget(target, security);
        } catch (IllegalArgumentException error) { // only now are the files understood
            throw useless(error);
        }
    }

    private static ChannelCredentials security(Address address, WadClient.Builder options) {
        boolean wantsTls = options.caFile != null || options.certFile != null || options.keyFile != null;
        if (address.socket() != null || options.insecure) {
            if (wantsTls) {
                throw new WadException(
                        Status.Code.INVALID_ARGUMENT,
                        address + " is reached without TLS; omit the certificates, or insecure.");
            }
            return InsecureChannelCredentials.create();
        }
        try {
            TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
            if (options.caFile != null) {
                tls.trustManager(options.caFile.toFile());
            }
            if (options.certFile != null) {
                tls.keyManager(options.certFile.toFile(), options.keyFile.toFile());
            }
            return tls.build();
        } catch (IOException error) {
            throw useless(error);
        }
    }

    private static WadException useless(Exception error) {
        return new WadException(
                Status.Code.INVALID_ARGUMENT, "The file of a certificate or key cannot be used: " + error.getMessage());
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        bare.shutdownNow();
        if (loops != null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** Sends the token, and says where it is that no daemon answers. */
    private record Interceptor(ManagedChannel bare, Address address, String token) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            if (bare.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                bare.enterIdle(); // dial at once: left to itself, gRPC waits for up to two minutes and fails every call
            }
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    if (token != null && !token.isEmpty()) {
                        headers.put(AUTHORIZATION, "Bearer " + token);
                    }
                    super.start(new SimpleForwardingClientCallListener<R>(listener) {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            super.onClose(explained(status, trailers), trailers);
                        }
                    }, headers);
                }
            };
        }

        private Status explained(Status status, Metadata trailers) {
            if (status.getCode() != Status.Code.UNAVAILABLE || trailers.containsKey(DETAILS)) {
                return status;
            }
            if (bare.isShutdown()) { // by the caller; no daemon is to blame, and none is to be waited for
                return Status.CANCELLED.withDescription("The client was closed.");
            }
            String why = status.getDescription();
            if (status.getCause() != null) { // "io exception" alone helps nobody
                why += ", " + status.getCause().getMessage();
            }
            return status.withDescription("No wad daemon answers at %s: %s. %s".formatted(address, why, Address.WAY_ON));
        }
    }
}
