package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Creates, links, finds and removes sessions.
 * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
 * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SessionServiceGrpc {

  private SessionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "wad.v1.SessionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.CreateSessionRequest,
      dev.wad.v1.CreateSessionResponse> getCreateSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSession",
      requestType = dev.wad.v1.CreateSessionRequest.class,
      responseType = dev.wad.v1.CreateSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.CreateSessionRequest,
      dev.wad.v1.CreateSessionResponse> getCreateSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.CreateSessionRequest, dev.wad.v1.CreateSessionResponse> getCreateSessionMethod;
    if ((getCreateSessionMethod = SessionServiceGrpc.getCreateSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getCreateSessionMethod = SessionServiceGrpc.getCreateSessionMethod) == null) {
          SessionServiceGrpc.getCreateSessionMethod = getCreateSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.CreateSessionRequest, dev.wad.v1.CreateSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("CreateSession"))
              .build();
        }
      }
    }
    return getCreateSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.LinkSessionRequest,
      dev.wad.v1.LinkSessionResponse> getLinkSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LinkSession",
      requestType = dev.wad.v1.LinkSessionRequest.class,
      responseType = dev.wad.v1.LinkSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.LinkSessionRequest,
      dev.wad.v1.LinkSessionResponse> getLinkSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.LinkSessionRequest, dev.wad.v1.LinkSessionResponse> getLinkSessionMethod;
    if ((getLinkSessionMethod = SessionServiceGrpc.getLinkSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getLinkSessionMethod = SessionServiceGrpc.getLinkSessionMethod) == null) {
          SessionServiceGrpc.getLinkSessionMethod = getLinkSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.LinkSessionRequest, dev.wad.v1.LinkSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LinkSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.LinkSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.LinkSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("LinkSession"))
              .build();
        }
      }
    }
    return getLinkSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RequestPairingCodeRequest,
      dev.wad.v1.RequestPairingCodeResponse> getRequestPairingCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RequestPairingCode",
      requestType = dev.wad.v1.RequestPairingCodeRequest.class,
      responseType = dev.wad.v1.RequestPairingCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RequestPairingCodeRequest,
      dev.wad.v1.RequestPairingCodeResponse> getRequestPairingCodeMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RequestPairingCodeRequest, dev.wad.v1.RequestPairingCodeResponse> getRequestPairingCodeMethod;
    if ((getRequestPairingCodeMethod = SessionServiceGrpc.getRequestPairingCodeMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getRequestPairingCodeMethod = SessionServiceGrpc.getRequestPairingCodeMethod) == null) {
          SessionServiceGrpc.getRequestPairingCodeMethod = getRequestPairingCodeMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RequestPairingCodeRequest, dev.wad.v1.RequestPairingCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RequestPairingCode"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RequestPairingCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RequestPairingCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("RequestPairingCode"))
              .build();
        }
      }
    }
    return getRequestPairingCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetSessionRequest,
      dev.wad.v1.GetSessionResponse> getGetSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSession",
      requestType = dev.wad.v1.GetSessionRequest.class,
      responseType = dev.wad.v1.GetSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetSessionRequest,
      dev.wad.v1.GetSessionResponse> getGetSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetSessionRequest, dev.wad.v1.GetSessionResponse> getGetSessionMethod;
    if ((getGetSessionMethod = SessionServiceGrpc.getGetSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getGetSessionMethod = SessionServiceGrpc.getGetSessionMethod) == null) {
          SessionServiceGrpc.getGetSessionMethod = getGetSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetSessionRequest, dev.wad.v1.GetSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("GetSession"))
              .build();
        }
      }
    }
    return getGetSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListSessionsRequest,
      dev.wad.v1.ListSessionsResponse> getListSessionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSessions",
      requestType = dev.wad.v1.ListSessionsRequest.class,
      responseType = dev.wad.v1.ListSessionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListSessionsRequest,
      dev.wad.v1.ListSessionsResponse> getListSessionsMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListSessionsRequest, dev.wad.v1.ListSessionsResponse> getListSessionsMethod;
    if ((getListSessionsMethod = SessionServiceGrpc.getListSessionsMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getListSessionsMethod = SessionServiceGrpc.getListSessionsMethod) == null) {
          SessionServiceGrpc.getListSessionsMethod = getListSessionsMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListSessionsRequest, dev.wad.v1.ListSessionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSessions"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListSessionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListSessionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("ListSessions"))
              .build();
        }
      }
    }
    return getListSessionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RemoveSessionRequest,
      dev.wad.v1.RemoveSessionResponse> getRemoveSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveSession",
      requestType = dev.wad.v1.RemoveSessionRequest.class,
      responseType = dev.wad.v1.RemoveSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RemoveSessionRequest,
      dev.wad.v1.RemoveSessionResponse> getRemoveSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RemoveSessionRequest, dev.wad.v1.RemoveSessionResponse> getRemoveSessionMethod;
    if ((getRemoveSessionMethod = SessionServiceGrpc.getRemoveSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getRemoveSessionMethod = SessionServiceGrpc.getRemoveSessionMethod) == null) {
          SessionServiceGrpc.getRemoveSessionMethod = getRemoveSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RemoveSessionRequest, dev.wad.v1.RemoveSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RemoveSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RemoveSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("RemoveSession"))
              .build();
        }
      }
    }
    return getRemoveSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.StopSessionRequest,
      dev.wad.v1.StopSessionResponse> getStopSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopSession",
      requestType = dev.wad.v1.StopSessionRequest.class,
      responseType = dev.wad.v1.StopSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.StopSessionRequest,
      dev.wad.v1.StopSessionResponse> getStopSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.StopSessionRequest, dev.wad.v1.StopSessionResponse> getStopSessionMethod;
    if ((getStopSessionMethod = SessionServiceGrpc.getStopSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getStopSessionMethod = SessionServiceGrpc.getStopSessionMethod) == null) {
          SessionServiceGrpc.getStopSessionMethod = getStopSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.StopSessionRequest, dev.wad.v1.StopSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StopSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.StopSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("StopSession"))
              .build();
        }
      }
    }
    return getStopSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ReconnectSessionRequest,
      dev.wad.v1.ReconnectSessionResponse> getReconnectSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReconnectSession",
      requestType = dev.wad.v1.ReconnectSessionRequest.class,
      responseType = dev.wad.v1.ReconnectSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ReconnectSessionRequest,
      dev.wad.v1.ReconnectSessionResponse> getReconnectSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ReconnectSessionRequest, dev.wad.v1.ReconnectSessionResponse> getReconnectSessionMethod;
    if ((getReconnectSessionMethod = SessionServiceGrpc.getReconnectSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getReconnectSessionMethod = SessionServiceGrpc.getReconnectSessionMethod) == null) {
          SessionServiceGrpc.getReconnectSessionMethod = getReconnectSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ReconnectSessionRequest, dev.wad.v1.ReconnectSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReconnectSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReconnectSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReconnectSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("ReconnectSession"))
              .build();
        }
      }
    }
    return getReconnectSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.TouchSessionRequest,
      dev.wad.v1.TouchSessionResponse> getTouchSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TouchSession",
      requestType = dev.wad.v1.TouchSessionRequest.class,
      responseType = dev.wad.v1.TouchSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.TouchSessionRequest,
      dev.wad.v1.TouchSessionResponse> getTouchSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.TouchSessionRequest, dev.wad.v1.TouchSessionResponse> getTouchSessionMethod;
    if ((getTouchSessionMethod = SessionServiceGrpc.getTouchSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getTouchSessionMethod = SessionServiceGrpc.getTouchSessionMethod) == null) {
          SessionServiceGrpc.getTouchSessionMethod = getTouchSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.TouchSessionRequest, dev.wad.v1.TouchSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TouchSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.TouchSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.TouchSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("TouchSession"))
              .build();
        }
      }
    }
    return getTouchSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.InspectSessionRequest,
      dev.wad.v1.InspectSessionResponse> getInspectSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "InspectSession",
      requestType = dev.wad.v1.InspectSessionRequest.class,
      responseType = dev.wad.v1.InspectSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.InspectSessionRequest,
      dev.wad.v1.InspectSessionResponse> getInspectSessionMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.InspectSessionRequest, dev.wad.v1.InspectSessionResponse> getInspectSessionMethod;
    if ((getInspectSessionMethod = SessionServiceGrpc.getInspectSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getInspectSessionMethod = SessionServiceGrpc.getInspectSessionMethod) == null) {
          SessionServiceGrpc.getInspectSessionMethod = getInspectSessionMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.InspectSessionRequest, dev.wad.v1.InspectSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "InspectSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.InspectSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.InspectSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("InspectSession"))
              .build();
        }
      }
    }
    return getInspectSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.SetAsideCredentialsRequest,
      dev.wad.v1.SetAsideCredentialsResponse> getSetAsideCredentialsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetAsideCredentials",
      requestType = dev.wad.v1.SetAsideCredentialsRequest.class,
      responseType = dev.wad.v1.SetAsideCredentialsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.SetAsideCredentialsRequest,
      dev.wad.v1.SetAsideCredentialsResponse> getSetAsideCredentialsMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.SetAsideCredentialsRequest, dev.wad.v1.SetAsideCredentialsResponse> getSetAsideCredentialsMethod;
    if ((getSetAsideCredentialsMethod = SessionServiceGrpc.getSetAsideCredentialsMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getSetAsideCredentialsMethod = SessionServiceGrpc.getSetAsideCredentialsMethod) == null) {
          SessionServiceGrpc.getSetAsideCredentialsMethod = getSetAsideCredentialsMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.SetAsideCredentialsRequest, dev.wad.v1.SetAsideCredentialsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetAsideCredentials"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.SetAsideCredentialsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.SetAsideCredentialsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("SetAsideCredentials"))
              .build();
        }
      }
    }
    return getSetAsideCredentialsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SessionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceStub>() {
        @java.lang.Override
        public SessionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceStub(channel, callOptions);
        }
      };
    return SessionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SessionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingV2Stub>() {
        @java.lang.Override
        public SessionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SessionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SessionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingStub>() {
        @java.lang.Override
        public SessionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceBlockingStub(channel, callOptions);
        }
      };
    return SessionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SessionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceFutureStub>() {
        @java.lang.Override
        public SessionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceFutureStub(channel, callOptions);
        }
      };
    return SessionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a session live, and is idempotent by session id: a live one is joined, one with stored credentials is
     * reconnected with them, any other shows a QR to link it. Concurrent calls for one id do the work once.
     * The call's deadline bounds the wait only: the session lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / CREATE_FAILED when it reached
     * neither a QR nor a connection, in which case everything begun has been undone; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void createSession(dev.wad.v1.CreateSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes a session live as CreateSession does and follows it until it is connected or over. The first response is the
     * session as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the session as it is.
     * Errors: as of CreateSession; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly.
     * </pre>
     */
    default void linkSession(dev.wad.v1.LinkSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.LinkSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLinkSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Asks WhatsApp for a code that links the session when it is typed into the phone, for users who cannot scan a QR. The
     * session must be live and show a QR, which stays valid; a new code replaces the one before. LinkSession with a
     * `phone_number` does this by itself.
     * On the phone: Linked devices &gt; Link a device &gt; Link with phone number instead. A code that was mistyped on the phone
     * stays valid, but the QRs of that connection do not: one that is scanned after it is refused, and the session begins
     * again with a new QR.
     * Errors: INVALID_ARGUMENT, also when WhatsApp does not take the number; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / NOT_PAIRING when it shows no QR; UNAVAILABLE / PAIRING_CODE_REFUSED when WhatsApp gives no code
     * at the moment; UNAVAILABLE / ENGINE_UNAVAILABLE.
     * </pre>
     */
    default void requestPairingCode(dev.wad.v1.RequestPairingCodeRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RequestPairingCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRequestPairingCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one session, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND.
     * </pre>
     */
    default void getSession(dev.wad.v1.GetSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists sessions, ordered by session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    default void listSessions(dev.wad.v1.ListSessionsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListSessionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSessionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a session out of service. For the reasons `manual` and `logout` it is also unlinked at WhatsApp as far as that
     * can be reached, and its credentials are deleted; `stuck` keeps paired credentials, so that a later create
     * reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when the files could not be
     * deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    default void removeSession(dev.wad.v1.RemoveSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RemoveSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a session out of service and keeps all its files. It stays down, also over a restart of the daemon, until it
     * is reconnected or created again. Stopping a session that is down already only sees to that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when that could not be
     * recorded, in which case it is tried again by itself.
     * </pre>
     */
    default void stopSession(dev.wad.v1.StopSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StopSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Has a session connect now, with the credentials it has: one that waits for its next attempt, or that has given way
     * to another client, tries at once; one that was stopped or has expired is begun again under its recorded policy. A
     * session that is connected, or on its way, is left as it is. The answer does not wait for the connection.
     * Refused credentials do not lead to a QR here: the session then ends as logged out.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when there are no
     * credentials; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void reconnectSession(dev.wad.v1.ReconnectSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ReconnectSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReconnectSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts as activity: the session's idle time begins anew.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_CONNECTED when it is not
     * in service.
     * </pre>
     */
    default void touchSession(dev.wad.v1.TouchSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.TouchSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTouchSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Looks into a session's directory, live or kept, without disturbing whoever works with it. Keys are counted, never
     * shown.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor a directory. A store that
     * cannot be read is no error: the response says so.
     * </pre>
     */
    default void inspectSession(dev.wad.v1.InspectSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.InspectSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getInspectSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Moves a session's damaged credentials out of the way, so that the session can be linked anew and nothing is lost: they
     * are kept in its directory until it is removed for `manual` or `logout`. A live session is stopped first. Afterwards it
     * is stopped and linked to nobody, and CreateSession or LinkSession shows a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor credentials;
     * FAILED_PRECONDITION / CREDENTIALS_SOUND when they are not damaged, in which case nothing was done; FAILED_PRECONDITION
     * / SESSION_NOT_LINKED when there are none; UNAVAILABLE / STORAGE_ERROR when they cannot be read or moved.
     * </pre>
     */
    default void setAsideCredentials(dev.wad.v1.SetAsideCredentialsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.SetAsideCredentialsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetAsideCredentialsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SessionService.
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static abstract class SessionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SessionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SessionService.
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class SessionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SessionServiceStub> {
    private SessionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a session live, and is idempotent by session id: a live one is joined, one with stored credentials is
     * reconnected with them, any other shows a QR to link it. Concurrent calls for one id do the work once.
     * The call's deadline bounds the wait only: the session lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / CREATE_FAILED when it reached
     * neither a QR nor a connection, in which case everything begun has been undone; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void createSession(dev.wad.v1.CreateSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes a session live as CreateSession does and follows it until it is connected or over. The first response is the
     * session as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the session as it is.
     * Errors: as of CreateSession; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly.
     * </pre>
     */
    public void linkSession(dev.wad.v1.LinkSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.LinkSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getLinkSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Asks WhatsApp for a code that links the session when it is typed into the phone, for users who cannot scan a QR. The
     * session must be live and show a QR, which stays valid; a new code replaces the one before. LinkSession with a
     * `phone_number` does this by itself.
     * On the phone: Linked devices &gt; Link a device &gt; Link with phone number instead. A code that was mistyped on the phone
     * stays valid, but the QRs of that connection do not: one that is scanned after it is refused, and the session begins
     * again with a new QR.
     * Errors: INVALID_ARGUMENT, also when WhatsApp does not take the number; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / NOT_PAIRING when it shows no QR; UNAVAILABLE / PAIRING_CODE_REFUSED when WhatsApp gives no code
     * at the moment; UNAVAILABLE / ENGINE_UNAVAILABLE.
     * </pre>
     */
    public void requestPairingCode(dev.wad.v1.RequestPairingCodeRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RequestPairingCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRequestPairingCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one session, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND.
     * </pre>
     */
    public void getSession(dev.wad.v1.GetSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists sessions, ordered by session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public void listSessions(dev.wad.v1.ListSessionsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListSessionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSessionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a session out of service. For the reasons `manual` and `logout` it is also unlinked at WhatsApp as far as that
     * can be reached, and its credentials are deleted; `stuck` keeps paired credentials, so that a later create
     * reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when the files could not be
     * deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public void removeSession(dev.wad.v1.RemoveSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RemoveSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a session out of service and keeps all its files. It stays down, also over a restart of the daemon, until it
     * is reconnected or created again. Stopping a session that is down already only sees to that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when that could not be
     * recorded, in which case it is tried again by itself.
     * </pre>
     */
    public void stopSession(dev.wad.v1.StopSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.StopSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Has a session connect now, with the credentials it has: one that waits for its next attempt, or that has given way
     * to another client, tries at once; one that was stopped or has expired is begun again under its recorded policy. A
     * session that is connected, or on its way, is left as it is. The answer does not wait for the connection.
     * Refused credentials do not lead to a QR here: the session then ends as logged out.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when there are no
     * credentials; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void reconnectSession(dev.wad.v1.ReconnectSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ReconnectSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReconnectSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts as activity: the session's idle time begins anew.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_CONNECTED when it is not
     * in service.
     * </pre>
     */
    public void touchSession(dev.wad.v1.TouchSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.TouchSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTouchSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Looks into a session's directory, live or kept, without disturbing whoever works with it. Keys are counted, never
     * shown.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor a directory. A store that
     * cannot be read is no error: the response says so.
     * </pre>
     */
    public void inspectSession(dev.wad.v1.InspectSessionRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.InspectSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getInspectSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Moves a session's damaged credentials out of the way, so that the session can be linked anew and nothing is lost: they
     * are kept in its directory until it is removed for `manual` or `logout`. A live session is stopped first. Afterwards it
     * is stopped and linked to nobody, and CreateSession or LinkSession shows a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor credentials;
     * FAILED_PRECONDITION / CREDENTIALS_SOUND when they are not damaged, in which case nothing was done; FAILED_PRECONDITION
     * / SESSION_NOT_LINKED when there are none; UNAVAILABLE / STORAGE_ERROR when they cannot be read or moved.
     * </pre>
     */
    public void setAsideCredentials(dev.wad.v1.SetAsideCredentialsRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.SetAsideCredentialsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetAsideCredentialsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SessionService.
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class SessionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SessionServiceBlockingV2Stub> {
    private SessionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a session live, and is idempotent by session id: a live one is joined, one with stored credentials is
     * reconnected with them, any other shows a QR to link it. Concurrent calls for one id do the work once.
     * The call's deadline bounds the wait only: the session lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / CREATE_FAILED when it reached
     * neither a QR nor a connection, in which case everything begun has been undone; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateSessionResponse createSession(dev.wad.v1.CreateSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a session live as CreateSession does and follows it until it is connected or over. The first response is the
     * session as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the session as it is.
     * Errors: as of CreateSession; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.wad.v1.LinkSessionResponse>
        linkSession(dev.wad.v1.LinkSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getLinkSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks WhatsApp for a code that links the session when it is typed into the phone, for users who cannot scan a QR. The
     * session must be live and show a QR, which stays valid; a new code replaces the one before. LinkSession with a
     * `phone_number` does this by itself.
     * On the phone: Linked devices &gt; Link a device &gt; Link with phone number instead. A code that was mistyped on the phone
     * stays valid, but the QRs of that connection do not: one that is scanned after it is refused, and the session begins
     * again with a new QR.
     * Errors: INVALID_ARGUMENT, also when WhatsApp does not take the number; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / NOT_PAIRING when it shows no QR; UNAVAILABLE / PAIRING_CODE_REFUSED when WhatsApp gives no code
     * at the moment; UNAVAILABLE / ENGINE_UNAVAILABLE.
     * </pre>
     */
    public dev.wad.v1.RequestPairingCodeResponse requestPairingCode(dev.wad.v1.RequestPairingCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRequestPairingCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one session, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND.
     * </pre>
     */
    public dev.wad.v1.GetSessionResponse getSession(dev.wad.v1.GetSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists sessions, ordered by session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListSessionsResponse listSessions(dev.wad.v1.ListSessionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSessionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a session out of service. For the reasons `manual` and `logout` it is also unlinked at WhatsApp as far as that
     * can be reached, and its credentials are deleted; `stuck` keeps paired credentials, so that a later create
     * reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when the files could not be
     * deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.RemoveSessionResponse removeSession(dev.wad.v1.RemoveSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a session out of service and keeps all its files. It stays down, also over a restart of the daemon, until it
     * is reconnected or created again. Stopping a session that is down already only sees to that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when that could not be
     * recorded, in which case it is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.StopSessionResponse stopSession(dev.wad.v1.StopSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Has a session connect now, with the credentials it has: one that waits for its next attempt, or that has given way
     * to another client, tries at once; one that was stopped or has expired is begun again under its recorded policy. A
     * session that is connected, or on its way, is left as it is. The answer does not wait for the connection.
     * Refused credentials do not lead to a QR here: the session then ends as logged out.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when there are no
     * credentials; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.ReconnectSessionResponse reconnectSession(dev.wad.v1.ReconnectSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReconnectSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts as activity: the session's idle time begins anew.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_CONNECTED when it is not
     * in service.
     * </pre>
     */
    public dev.wad.v1.TouchSessionResponse touchSession(dev.wad.v1.TouchSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTouchSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Looks into a session's directory, live or kept, without disturbing whoever works with it. Keys are counted, never
     * shown.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor a directory. A store that
     * cannot be read is no error: the response says so.
     * </pre>
     */
    public dev.wad.v1.InspectSessionResponse inspectSession(dev.wad.v1.InspectSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getInspectSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves a session's damaged credentials out of the way, so that the session can be linked anew and nothing is lost: they
     * are kept in its directory until it is removed for `manual` or `logout`. A live session is stopped first. Afterwards it
     * is stopped and linked to nobody, and CreateSession or LinkSession shows a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor credentials;
     * FAILED_PRECONDITION / CREDENTIALS_SOUND when they are not damaged, in which case nothing was done; FAILED_PRECONDITION
     * / SESSION_NOT_LINKED when there are none; UNAVAILABLE / STORAGE_ERROR when they cannot be read or moved.
     * </pre>
     */
    public dev.wad.v1.SetAsideCredentialsResponse setAsideCredentials(dev.wad.v1.SetAsideCredentialsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetAsideCredentialsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SessionService.
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class SessionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SessionServiceBlockingStub> {
    private SessionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a session live, and is idempotent by session id: a live one is joined, one with stored credentials is
     * reconnected with them, any other shows a QR to link it. Concurrent calls for one id do the work once.
     * The call's deadline bounds the wait only: the session lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / CREATE_FAILED when it reached
     * neither a QR nor a connection, in which case everything begun has been undone; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateSessionResponse createSession(dev.wad.v1.CreateSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a session live as CreateSession does and follows it until it is connected or over. The first response is the
     * session as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the session as it is.
     * Errors: as of CreateSession; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly.
     * </pre>
     */
    public java.util.Iterator<dev.wad.v1.LinkSessionResponse> linkSession(
        dev.wad.v1.LinkSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getLinkSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks WhatsApp for a code that links the session when it is typed into the phone, for users who cannot scan a QR. The
     * session must be live and show a QR, which stays valid; a new code replaces the one before. LinkSession with a
     * `phone_number` does this by itself.
     * On the phone: Linked devices &gt; Link a device &gt; Link with phone number instead. A code that was mistyped on the phone
     * stays valid, but the QRs of that connection do not: one that is scanned after it is refused, and the session begins
     * again with a new QR.
     * Errors: INVALID_ARGUMENT, also when WhatsApp does not take the number; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / NOT_PAIRING when it shows no QR; UNAVAILABLE / PAIRING_CODE_REFUSED when WhatsApp gives no code
     * at the moment; UNAVAILABLE / ENGINE_UNAVAILABLE.
     * </pre>
     */
    public dev.wad.v1.RequestPairingCodeResponse requestPairingCode(dev.wad.v1.RequestPairingCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRequestPairingCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one session, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND.
     * </pre>
     */
    public dev.wad.v1.GetSessionResponse getSession(dev.wad.v1.GetSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists sessions, ordered by session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListSessionsResponse listSessions(dev.wad.v1.ListSessionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSessionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a session out of service. For the reasons `manual` and `logout` it is also unlinked at WhatsApp as far as that
     * can be reached, and its credentials are deleted; `stuck` keeps paired credentials, so that a later create
     * reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when the files could not be
     * deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.RemoveSessionResponse removeSession(dev.wad.v1.RemoveSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a session out of service and keeps all its files. It stays down, also over a restart of the daemon, until it
     * is reconnected or created again. Stopping a session that is down already only sees to that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when that could not be
     * recorded, in which case it is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.StopSessionResponse stopSession(dev.wad.v1.StopSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Has a session connect now, with the credentials it has: one that waits for its next attempt, or that has given way
     * to another client, tries at once; one that was stopped or has expired is begun again under its recorded policy. A
     * session that is connected, or on its way, is left as it is. The answer does not wait for the connection.
     * Refused credentials do not lead to a QR here: the session then ends as logged out.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when there are no
     * credentials; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.ReconnectSessionResponse reconnectSession(dev.wad.v1.ReconnectSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReconnectSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts as activity: the session's idle time begins anew.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_CONNECTED when it is not
     * in service.
     * </pre>
     */
    public dev.wad.v1.TouchSessionResponse touchSession(dev.wad.v1.TouchSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTouchSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Looks into a session's directory, live or kept, without disturbing whoever works with it. Keys are counted, never
     * shown.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor a directory. A store that
     * cannot be read is no error: the response says so.
     * </pre>
     */
    public dev.wad.v1.InspectSessionResponse inspectSession(dev.wad.v1.InspectSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getInspectSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Moves a session's damaged credentials out of the way, so that the session can be linked anew and nothing is lost: they
     * are kept in its directory until it is removed for `manual` or `logout`. A live session is stopped first. Afterwards it
     * is stopped and linked to nobody, and CreateSession or LinkSession shows a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor credentials;
     * FAILED_PRECONDITION / CREDENTIALS_SOUND when they are not damaged, in which case nothing was done; FAILED_PRECONDITION
     * / SESSION_NOT_LINKED when there are none; UNAVAILABLE / STORAGE_ERROR when they cannot be read or moved.
     * </pre>
     */
    public dev.wad.v1.SetAsideCredentialsResponse setAsideCredentials(dev.wad.v1.SetAsideCredentialsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetAsideCredentialsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SessionService.
   * <pre>
   * Creates, links, finds and removes sessions.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT: nothing that
   * a caller asked for is silently left out. Any call may fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class SessionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SessionServiceFutureStub> {
    private SessionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a session live, and is idempotent by session id: a live one is joined, one with stored credentials is
     * reconnected with them, any other shows a QR to link it. Concurrent calls for one id do the work once.
     * The call's deadline bounds the wait only: the session lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / CREATE_FAILED when it reached
     * neither a QR nor a connection, in which case everything begun has been undone; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.CreateSessionResponse> createSession(
        dev.wad.v1.CreateSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Asks WhatsApp for a code that links the session when it is typed into the phone, for users who cannot scan a QR. The
     * session must be live and show a QR, which stays valid; a new code replaces the one before. LinkSession with a
     * `phone_number` does this by itself.
     * On the phone: Linked devices &gt; Link a device &gt; Link with phone number instead. A code that was mistyped on the phone
     * stays valid, but the QRs of that connection do not: one that is scanned after it is refused, and the session begins
     * again with a new QR.
     * Errors: INVALID_ARGUMENT, also when WhatsApp does not take the number; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / NOT_PAIRING when it shows no QR; UNAVAILABLE / PAIRING_CODE_REFUSED when WhatsApp gives no code
     * at the moment; UNAVAILABLE / ENGINE_UNAVAILABLE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.RequestPairingCodeResponse> requestPairingCode(
        dev.wad.v1.RequestPairingCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRequestPairingCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one session, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetSessionResponse> getSession(
        dev.wad.v1.GetSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists sessions, ordered by session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListSessionsResponse> listSessions(
        dev.wad.v1.ListSessionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSessionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a session out of service. For the reasons `manual` and `logout` it is also unlinked at WhatsApp as far as that
     * can be reached, and its credentials are deleted; `stuck` keeps paired credentials, so that a later create
     * reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when the files could not be
     * deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.RemoveSessionResponse> removeSession(
        dev.wad.v1.RemoveSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a session out of service and keeps all its files. It stays down, also over a restart of the daemon, until it
     * is reconnected or created again. Stopping a session that is down already only sees to that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; UNAVAILABLE / STORAGE_ERROR when that could not be
     * recorded, in which case it is tried again by itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.StopSessionResponse> stopSession(
        dev.wad.v1.StopSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Has a session connect now, with the credentials it has: one that waits for its next attempt, or that has given way
     * to another client, tries at once; one that was stopped or has expired is begun again under its recorded policy. A
     * session that is connected, or on its way, is left as it is. The answer does not wait for the connection.
     * Refused credentials do not lead to a QR here: the session then ends as logged out.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_LINKED when there are no
     * credentials; RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED; UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ReconnectSessionResponse> reconnectSession(
        dev.wad.v1.ReconnectSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReconnectSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts as activity: the session's idle time begins anew.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / SESSION_NOT_CONNECTED when it is not
     * in service.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.TouchSessionResponse> touchSession(
        dev.wad.v1.TouchSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTouchSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Looks into a session's directory, live or kept, without disturbing whoever works with it. Keys are counted, never
     * shown.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor a directory. A store that
     * cannot be read is no error: the response says so.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.InspectSessionResponse> inspectSession(
        dev.wad.v1.InspectSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getInspectSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Moves a session's damaged credentials out of the way, so that the session can be linked anew and nothing is lost: they
     * are kept in its directory until it is removed for `manual` or `logout`. A live session is stopped first. Afterwards it
     * is stopped and linked to nobody, and CreateSession or LinkSession shows a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND when there is neither a record nor credentials;
     * FAILED_PRECONDITION / CREDENTIALS_SOUND when they are not damaged, in which case nothing was done; FAILED_PRECONDITION
     * / SESSION_NOT_LINKED when there are none; UNAVAILABLE / STORAGE_ERROR when they cannot be read or moved.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.SetAsideCredentialsResponse> setAsideCredentials(
        dev.wad.v1.SetAsideCredentialsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetAsideCredentialsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SESSION = 0;
  private static final int METHODID_LINK_SESSION = 1;
  private static final int METHODID_REQUEST_PAIRING_CODE = 2;
  private static final int METHODID_GET_SESSION = 3;
  private static final int METHODID_LIST_SESSIONS = 4;
  private static final int METHODID_REMOVE_SESSION = 5;
  private static final int METHODID_STOP_SESSION = 6;
  private static final int METHODID_RECONNECT_SESSION = 7;
  private static final int METHODID_TOUCH_SESSION = 8;
  private static final int METHODID_INSPECT_SESSION = 9;
  private static final int METHODID_SET_ASIDE_CREDENTIALS = 10;

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
        case METHODID_CREATE_SESSION:
          serviceImpl.createSession((dev.wad.v1.CreateSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.CreateSessionResponse>) responseObserver);
          break;
        case METHODID_LINK_SESSION:
          serviceImpl.linkSession((dev.wad.v1.LinkSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.LinkSessionResponse>) responseObserver);
          break;
        case METHODID_REQUEST_PAIRING_CODE:
          serviceImpl.requestPairingCode((dev.wad.v1.RequestPairingCodeRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.RequestPairingCodeResponse>) responseObserver);
          break;
        case METHODID_GET_SESSION:
          serviceImpl.getSession((dev.wad.v1.GetSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetSessionResponse>) responseObserver);
          break;
        case METHODID_LIST_SESSIONS:
          serviceImpl.listSessions((dev.wad.v1.ListSessionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListSessionsResponse>) responseObserver);
          break;
        case METHODID_REMOVE_SESSION:
          serviceImpl.removeSession((dev.wad.v1.RemoveSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.RemoveSessionResponse>) responseObserver);
          break;
        case METHODID_STOP_SESSION:
          serviceImpl.stopSession((dev.wad.v1.StopSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.StopSessionResponse>) responseObserver);
          break;
        case METHODID_RECONNECT_SESSION:
          serviceImpl.reconnectSession((dev.wad.v1.ReconnectSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ReconnectSessionResponse>) responseObserver);
          break;
        case METHODID_TOUCH_SESSION:
          serviceImpl.touchSession((dev.wad.v1.TouchSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.TouchSessionResponse>) responseObserver);
          break;
        case METHODID_INSPECT_SESSION:
          serviceImpl.inspectSession((dev.wad.v1.InspectSessionRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.InspectSessionResponse>) responseObserver);
          break;
        case METHODID_SET_ASIDE_CREDENTIALS:
          serviceImpl.setAsideCredentials((dev.wad.v1.SetAsideCredentialsRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.SetAsideCredentialsResponse>) responseObserver);
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
          getCreateSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.CreateSessionRequest,
              dev.wad.v1.CreateSessionResponse>(
                service, METHODID_CREATE_SESSION)))
        .addMethod(
          getLinkSessionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.wad.v1.LinkSessionRequest,
              dev.wad.v1.LinkSessionResponse>(
                service, METHODID_LINK_SESSION)))
        .addMethod(
          getRequestPairingCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.RequestPairingCodeRequest,
              dev.wad.v1.RequestPairingCodeResponse>(
                service, METHODID_REQUEST_PAIRING_CODE)))
        .addMethod(
          getGetSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetSessionRequest,
              dev.wad.v1.GetSessionResponse>(
                service, METHODID_GET_SESSION)))
        .addMethod(
          getListSessionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListSessionsRequest,
              dev.wad.v1.ListSessionsResponse>(
                service, METHODID_LIST_SESSIONS)))
        .addMethod(
          getRemoveSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.RemoveSessionRequest,
              dev.wad.v1.RemoveSessionResponse>(
                service, METHODID_REMOVE_SESSION)))
        .addMethod(
          getStopSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.StopSessionRequest,
              dev.wad.v1.StopSessionResponse>(
                service, METHODID_STOP_SESSION)))
        .addMethod(
          getReconnectSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ReconnectSessionRequest,
              dev.wad.v1.ReconnectSessionResponse>(
                service, METHODID_RECONNECT_SESSION)))
        .addMethod(
          getTouchSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.TouchSessionRequest,
              dev.wad.v1.TouchSessionResponse>(
                service, METHODID_TOUCH_SESSION)))
        .addMethod(
          getInspectSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.InspectSessionRequest,
              dev.wad.v1.InspectSessionResponse>(
                service, METHODID_INSPECT_SESSION)))
        .addMethod(
          getSetAsideCredentialsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.SetAsideCredentialsRequest,
              dev.wad.v1.SetAsideCredentialsResponse>(
                service, METHODID_SET_ASIDE_CREDENTIALS)))
        .build();
  }

  private static abstract class SessionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SessionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.wad.v1.SessionProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SessionService");
    }
  }

  private static final class SessionServiceFileDescriptorSupplier
      extends SessionServiceBaseDescriptorSupplier {
    SessionServiceFileDescriptorSupplier() {}
  }

  private static final class SessionServiceMethodDescriptorSupplier
      extends SessionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SessionServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SessionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SessionServiceFileDescriptorSupplier())
              .addMethod(getCreateSessionMethod())
              .addMethod(getLinkSessionMethod())
              .addMethod(getRequestPairingCodeMethod())
              .addMethod(getGetSessionMethod())
              .addMethod(getListSessionsMethod())
              .addMethod(getRemoveSessionMethod())
              .addMethod(getStopSessionMethod())
              .addMethod(getReconnectSessionMethod())
              .addMethod(getTouchSessionMethod())
              .addMethod(getInspectSessionMethod())
              .addMethod(getSetAsideCredentialsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
