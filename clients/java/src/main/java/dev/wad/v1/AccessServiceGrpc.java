package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Says who may call, and gives out tokens.
 * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
 * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
 * do is configured in the section `access`; what a token may do is said when it is made.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AccessServiceGrpc {

  private AccessServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "wad.v1.AccessService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetCallerRequest,
      dev.wad.v1.GetCallerResponse> getGetCallerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCaller",
      requestType = dev.wad.v1.GetCallerRequest.class,
      responseType = dev.wad.v1.GetCallerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetCallerRequest,
      dev.wad.v1.GetCallerResponse> getGetCallerMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetCallerRequest, dev.wad.v1.GetCallerResponse> getGetCallerMethod;
    if ((getGetCallerMethod = AccessServiceGrpc.getGetCallerMethod) == null) {
      synchronized (AccessServiceGrpc.class) {
        if ((getGetCallerMethod = AccessServiceGrpc.getGetCallerMethod) == null) {
          AccessServiceGrpc.getGetCallerMethod = getGetCallerMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetCallerRequest, dev.wad.v1.GetCallerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCaller"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetCallerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetCallerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessServiceMethodDescriptorSupplier("GetCaller"))
              .build();
        }
      }
    }
    return getGetCallerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.CreateTokenRequest,
      dev.wad.v1.CreateTokenResponse> getCreateTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateToken",
      requestType = dev.wad.v1.CreateTokenRequest.class,
      responseType = dev.wad.v1.CreateTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.CreateTokenRequest,
      dev.wad.v1.CreateTokenResponse> getCreateTokenMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.CreateTokenRequest, dev.wad.v1.CreateTokenResponse> getCreateTokenMethod;
    if ((getCreateTokenMethod = AccessServiceGrpc.getCreateTokenMethod) == null) {
      synchronized (AccessServiceGrpc.class) {
        if ((getCreateTokenMethod = AccessServiceGrpc.getCreateTokenMethod) == null) {
          AccessServiceGrpc.getCreateTokenMethod = getCreateTokenMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.CreateTokenRequest, dev.wad.v1.CreateTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessServiceMethodDescriptorSupplier("CreateToken"))
              .build();
        }
      }
    }
    return getCreateTokenMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListTokensRequest,
      dev.wad.v1.ListTokensResponse> getListTokensMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTokens",
      requestType = dev.wad.v1.ListTokensRequest.class,
      responseType = dev.wad.v1.ListTokensResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListTokensRequest,
      dev.wad.v1.ListTokensResponse> getListTokensMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListTokensRequest, dev.wad.v1.ListTokensResponse> getListTokensMethod;
    if ((getListTokensMethod = AccessServiceGrpc.getListTokensMethod) == null) {
      synchronized (AccessServiceGrpc.class) {
        if ((getListTokensMethod = AccessServiceGrpc.getListTokensMethod) == null) {
          AccessServiceGrpc.getListTokensMethod = getListTokensMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListTokensRequest, dev.wad.v1.ListTokensResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTokens"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListTokensRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListTokensResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessServiceMethodDescriptorSupplier("ListTokens"))
              .build();
        }
      }
    }
    return getListTokensMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RevokeTokenRequest,
      dev.wad.v1.RevokeTokenResponse> getRevokeTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeToken",
      requestType = dev.wad.v1.RevokeTokenRequest.class,
      responseType = dev.wad.v1.RevokeTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RevokeTokenRequest,
      dev.wad.v1.RevokeTokenResponse> getRevokeTokenMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RevokeTokenRequest, dev.wad.v1.RevokeTokenResponse> getRevokeTokenMethod;
    if ((getRevokeTokenMethod = AccessServiceGrpc.getRevokeTokenMethod) == null) {
      synchronized (AccessServiceGrpc.class) {
        if ((getRevokeTokenMethod = AccessServiceGrpc.getRevokeTokenMethod) == null) {
          AccessServiceGrpc.getRevokeTokenMethod = getRevokeTokenMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RevokeTokenRequest, dev.wad.v1.RevokeTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RevokeTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RevokeTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessServiceMethodDescriptorSupplier("RevokeToken"))
              .build();
        }
      }
    }
    return getRevokeTokenMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AccessServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessServiceStub>() {
        @java.lang.Override
        public AccessServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessServiceStub(channel, callOptions);
        }
      };
    return AccessServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AccessServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessServiceBlockingV2Stub>() {
        @java.lang.Override
        public AccessServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AccessServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AccessServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessServiceBlockingStub>() {
        @java.lang.Override
        public AccessServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessServiceBlockingStub(channel, callOptions);
        }
      };
    return AccessServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AccessServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessServiceFutureStub>() {
        @java.lang.Override
        public AccessServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessServiceFutureStub(channel, callOptions);
        }
      };
    return AccessServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns who the caller is to the daemon, and what it may do. Any caller that is recognised may ask.
     * Errors: UNAUTHENTICATED.
     * </pre>
     */
    default void getCaller(dev.wad.v1.GetCallerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetCallerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCallerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes a token. Its secret is told in the answer and never again; the daemon keeps a hash of it.
     * Errors: INVALID_ARGUMENT; PERMISSION_DENIED also when it would reach sessions that its maker does not;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void createToken(dev.wad.v1.CreateTokenRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTokenMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the tokens, newest first, page by page; never their secrets.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    default void listTokens(dev.wad.v1.ListTokensRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListTokensResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTokensMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends a token at once, and those that were made with it: calls with it are refused from now on, and calls under way
     * end with UNAUTHENTICATED / TOKEN_REVOKED. One that was revoked before stays so.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / TOKEN_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void revokeToken(dev.wad.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeTokenMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AccessService.
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public static abstract class AccessServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AccessServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AccessService.
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public static final class AccessServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AccessServiceStub> {
    private AccessServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns who the caller is to the daemon, and what it may do. Any caller that is recognised may ask.
     * Errors: UNAUTHENTICATED.
     * </pre>
     */
    public void getCaller(dev.wad.v1.GetCallerRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetCallerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCallerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes a token. Its secret is told in the answer and never again; the daemon keeps a hash of it.
     * Errors: INVALID_ARGUMENT; PERMISSION_DENIED also when it would reach sessions that its maker does not;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void createToken(dev.wad.v1.CreateTokenRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTokenMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the tokens, newest first, page by page; never their secrets.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public void listTokens(dev.wad.v1.ListTokensRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListTokensResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTokensMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends a token at once, and those that were made with it: calls with it are refused from now on, and calls under way
     * end with UNAUTHENTICATED / TOKEN_REVOKED. One that was revoked before stays so.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / TOKEN_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void revokeToken(dev.wad.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AccessService.
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public static final class AccessServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AccessServiceBlockingV2Stub> {
    private AccessServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns who the caller is to the daemon, and what it may do. Any caller that is recognised may ask.
     * Errors: UNAUTHENTICATED.
     * </pre>
     */
    public dev.wad.v1.GetCallerResponse getCaller(dev.wad.v1.GetCallerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCallerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a token. Its secret is told in the answer and never again; the daemon keeps a hash of it.
     * Errors: INVALID_ARGUMENT; PERMISSION_DENIED also when it would reach sessions that its maker does not;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateTokenResponse createToken(dev.wad.v1.CreateTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the tokens, newest first, page by page; never their secrets.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListTokensResponse listTokens(dev.wad.v1.ListTokensRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTokensMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a token at once, and those that were made with it: calls with it are refused from now on, and calls under way
     * end with UNAUTHENTICATED / TOKEN_REVOKED. One that was revoked before stays so.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / TOKEN_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.RevokeTokenResponse revokeToken(dev.wad.v1.RevokeTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AccessService.
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public static final class AccessServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AccessServiceBlockingStub> {
    private AccessServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns who the caller is to the daemon, and what it may do. Any caller that is recognised may ask.
     * Errors: UNAUTHENTICATED.
     * </pre>
     */
    public dev.wad.v1.GetCallerResponse getCaller(dev.wad.v1.GetCallerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCallerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a token. Its secret is told in the answer and never again; the daemon keeps a hash of it.
     * Errors: INVALID_ARGUMENT; PERMISSION_DENIED also when it would reach sessions that its maker does not;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateTokenResponse createToken(dev.wad.v1.CreateTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the tokens, newest first, page by page; never their secrets.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListTokensResponse listTokens(dev.wad.v1.ListTokensRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTokensMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a token at once, and those that were made with it: calls with it are refused from now on, and calls under way
     * end with UNAUTHENTICATED / TOKEN_REVOKED. One that was revoked before stays so.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / TOKEN_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.RevokeTokenResponse revokeToken(dev.wad.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AccessService.
   * <pre>
   * Says who may call, and gives out tokens.
   * A caller is recognised by the bearer token in its metadata (`authorization: Bearer wad_…`), else by its client
   * certificate, else as a user of the daemon's host at the other end of the unix socket. What a user or a certificate may
   * do is configured in the section `access`; what a token may do is said when it is made.
   * </pre>
   */
  public static final class AccessServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AccessServiceFutureStub> {
    private AccessServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns who the caller is to the daemon, and what it may do. Any caller that is recognised may ask.
     * Errors: UNAUTHENTICATED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetCallerResponse> getCaller(
        dev.wad.v1.GetCallerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCallerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes a token. Its secret is told in the answer and never again; the daemon keeps a hash of it.
     * Errors: INVALID_ARGUMENT; PERMISSION_DENIED also when it would reach sessions that its maker does not;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.CreateTokenResponse> createToken(
        dev.wad.v1.CreateTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTokenMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the tokens, newest first, page by page; never their secrets.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListTokensResponse> listTokens(
        dev.wad.v1.ListTokensRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTokensMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends a token at once, and those that were made with it: calls with it are refused from now on, and calls under way
     * end with UNAUTHENTICATED / TOKEN_REVOKED. One that was revoked before stays so.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / TOKEN_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.RevokeTokenResponse> revokeToken(
        dev.wad.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_CALLER = 0;
  private static final int METHODID_CREATE_TOKEN = 1;
  private static final int METHODID_LIST_TOKENS = 2;
  private static final int METHODID_REVOKE_TOKEN = 3;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_GET_CALLER:
          serviceImpl.getCaller((dev.wad.v1.GetCallerRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetCallerResponse>) responseObserver);
          break;
        case METHODID_CREATE_TOKEN:
          serviceImpl.createToken((dev.wad.v1.CreateTokenRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.CreateTokenResponse>) responseObserver);
          break;
        case METHODID_LIST_TOKENS:
          serviceImpl.listTokens((dev.wad.v1.ListTokensRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListTokensResponse>) responseObserver);
          break;
        case METHODID_REVOKE_TOKEN:
          serviceImpl.revokeToken((dev.wad.v1.RevokeTokenRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.RevokeTokenResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetCallerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetCallerRequest,
              dev.wad.v1.GetCallerResponse>(
                service, METHODID_GET_CALLER)))
        .addMethod(
          getCreateTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.CreateTokenRequest,
              dev.wad.v1.CreateTokenResponse>(
                service, METHODID_CREATE_TOKEN)))
        .addMethod(
          getListTokensMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListTokensRequest,
              dev.wad.v1.ListTokensResponse>(
                service, METHODID_LIST_TOKENS)))
        .addMethod(
          getRevokeTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.RevokeTokenRequest,
              dev.wad.v1.RevokeTokenResponse>(
                service, METHODID_REVOKE_TOKEN)))
        .build();
  }

  private static abstract class AccessServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AccessServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.wad.v1.AccessProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AccessService");
    }
  }

  private static final class AccessServiceFileDescriptorSupplier
      extends AccessServiceBaseDescriptorSupplier {
    AccessServiceFileDescriptorSupplier() {}
  }

  private static final class AccessServiceMethodDescriptorSupplier
      extends AccessServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AccessServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (AccessServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AccessServiceFileDescriptorSupplier())
              .addMethod(getGetCallerMethod())
              .addMethod(getCreateTokenMethod())
              .addMethod(getListTokensMethod())
              .addMethod(getRevokeTokenMethod())
              .build();
        }
      }
    }
    return result;
  }
}
