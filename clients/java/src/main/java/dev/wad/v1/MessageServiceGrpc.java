package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Sends messages through sessions.
 * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
 * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
 * goes down.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class MessageServiceGrpc {

  private MessageServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "wad.v1.MessageService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.SendMessageRequest,
      dev.wad.v1.SendMessageResponse> getSendMessageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SendMessage",
      requestType = dev.wad.v1.SendMessageRequest.class,
      responseType = dev.wad.v1.SendMessageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.SendMessageRequest,
      dev.wad.v1.SendMessageResponse> getSendMessageMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.SendMessageRequest, dev.wad.v1.SendMessageResponse> getSendMessageMethod;
    if ((getSendMessageMethod = MessageServiceGrpc.getSendMessageMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getSendMessageMethod = MessageServiceGrpc.getSendMessageMethod) == null) {
          MessageServiceGrpc.getSendMessageMethod = getSendMessageMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.SendMessageRequest, dev.wad.v1.SendMessageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SendMessage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.SendMessageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.SendMessageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("SendMessage"))
              .build();
        }
      }
    }
    return getSendMessageMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static MessageServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceStub>() {
        @java.lang.Override
        public MessageServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceStub(channel, callOptions);
        }
      };
    return MessageServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static MessageServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingV2Stub>() {
        @java.lang.Override
        public MessageServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return MessageServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static MessageServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingStub>() {
        @java.lang.Override
        public MessageServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceBlockingStub(channel, callOptions);
        }
      };
    return MessageServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static MessageServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceFutureStub>() {
        @java.lang.Override
        public MessageServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceFutureStub(channel, callOptions);
        }
      };
    return MessageServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Sends a text and answers once WhatsApp has taken it; that it has reached anybody is not said. Texts of one session
     * are sent in the order of the calls. It is an activity of the session.
     * The call's deadline bounds the wait only: a text that is on its way is not called back. Calling again sends the text
     * again unless both calls have the same `request_id`: without one, have no client repeat this call by itself.
     * Errors: INVALID_ARGUMENT, with the field `session_id`, `to` or `text`; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / SESSION_NOT_CONNECTED; FAILED_PRECONDITION / MESSAGE_REFUSED when WhatsApp did not take it;
     * UNKNOWN / MESSAGE_UNCONFIRMED when WhatsApp has not answered after half a minute, or its client was lost meanwhile:
     * then nobody can say whether it was sent; UNAVAILABLE / STORAGE_ERROR when a `request_id` cannot be noted, and nothing
     * was sent.
     * </pre>
     */
    default void sendMessage(dev.wad.v1.SendMessageRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.SendMessageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSendMessageMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service MessageService.
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public static abstract class MessageServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return MessageServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public static final class MessageServiceStub
      extends io.grpc.stub.AbstractAsyncStub<MessageServiceStub> {
    private MessageServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sends a text and answers once WhatsApp has taken it; that it has reached anybody is not said. Texts of one session
     * are sent in the order of the calls. It is an activity of the session.
     * The call's deadline bounds the wait only: a text that is on its way is not called back. Calling again sends the text
     * again unless both calls have the same `request_id`: without one, have no client repeat this call by itself.
     * Errors: INVALID_ARGUMENT, with the field `session_id`, `to` or `text`; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / SESSION_NOT_CONNECTED; FAILED_PRECONDITION / MESSAGE_REFUSED when WhatsApp did not take it;
     * UNKNOWN / MESSAGE_UNCONFIRMED when WhatsApp has not answered after half a minute, or its client was lost meanwhile:
     * then nobody can say whether it was sent; UNAVAILABLE / STORAGE_ERROR when a `request_id` cannot be noted, and nothing
     * was sent.
     * </pre>
     */
    public void sendMessage(dev.wad.v1.SendMessageRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.SendMessageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSendMessageMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public static final class MessageServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<MessageServiceBlockingV2Stub> {
    private MessageServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Sends a text and answers once WhatsApp has taken it; that it has reached anybody is not said. Texts of one session
     * are sent in the order of the calls. It is an activity of the session.
     * The call's deadline bounds the wait only: a text that is on its way is not called back. Calling again sends the text
     * again unless both calls have the same `request_id`: without one, have no client repeat this call by itself.
     * Errors: INVALID_ARGUMENT, with the field `session_id`, `to` or `text`; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / SESSION_NOT_CONNECTED; FAILED_PRECONDITION / MESSAGE_REFUSED when WhatsApp did not take it;
     * UNKNOWN / MESSAGE_UNCONFIRMED when WhatsApp has not answered after half a minute, or its client was lost meanwhile:
     * then nobody can say whether it was sent; UNAVAILABLE / STORAGE_ERROR when a `request_id` cannot be noted, and nothing
     * was sent.
     * </pre>
     */
    public dev.wad.v1.SendMessageResponse sendMessage(dev.wad.v1.SendMessageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSendMessageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public static final class MessageServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<MessageServiceBlockingStub> {
    private MessageServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sends a text and answers once WhatsApp has taken it; that it has reached anybody is not said. Texts of one session
     * are sent in the order of the calls. It is an activity of the session.
     * The call's deadline bounds the wait only: a text that is on its way is not called back. Calling again sends the text
     * again unless both calls have the same `request_id`: without one, have no client repeat this call by itself.
     * Errors: INVALID_ARGUMENT, with the field `session_id`, `to` or `text`; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / SESSION_NOT_CONNECTED; FAILED_PRECONDITION / MESSAGE_REFUSED when WhatsApp did not take it;
     * UNKNOWN / MESSAGE_UNCONFIRMED when WhatsApp has not answered after half a minute, or its client was lost meanwhile:
     * then nobody can say whether it was sent; UNAVAILABLE / STORAGE_ERROR when a `request_id` cannot be noted, and nothing
     * was sent.
     * </pre>
     */
    public dev.wad.v1.SendMessageResponse sendMessage(dev.wad.v1.SendMessageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSendMessageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions.
   * What a session has sent and received is counted in its `counters`. A request with a field or an enum number that the
   * daemon does not know is refused with INVALID_ARGUMENT. Any call may fail with UNAVAILABLE / DRAINING while the daemon
   * goes down.
   * </pre>
   */
  public static final class MessageServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<MessageServiceFutureStub> {
    private MessageServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sends a text and answers once WhatsApp has taken it; that it has reached anybody is not said. Texts of one session
     * are sent in the order of the calls. It is an activity of the session.
     * The call's deadline bounds the wait only: a text that is on its way is not called back. Calling again sends the text
     * again unless both calls have the same `request_id`: without one, have no client repeat this call by itself.
     * Errors: INVALID_ARGUMENT, with the field `session_id`, `to` or `text`; NOT_FOUND / SESSION_NOT_FOUND;
     * FAILED_PRECONDITION / SESSION_NOT_CONNECTED; FAILED_PRECONDITION / MESSAGE_REFUSED when WhatsApp did not take it;
     * UNKNOWN / MESSAGE_UNCONFIRMED when WhatsApp has not answered after half a minute, or its client was lost meanwhile:
     * then nobody can say whether it was sent; UNAVAILABLE / STORAGE_ERROR when a `request_id` cannot be noted, and nothing
     * was sent.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.SendMessageResponse> sendMessage(
        dev.wad.v1.SendMessageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSendMessageMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SEND_MESSAGE = 0;

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
        case METHODID_SEND_MESSAGE:
          serviceImpl.sendMessage((dev.wad.v1.SendMessageRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.SendMessageResponse>) responseObserver);
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
          getSendMessageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.SendMessageRequest,
              dev.wad.v1.SendMessageResponse>(
                service, METHODID_SEND_MESSAGE)))
        .build();
  }

  private static abstract class MessageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    MessageServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.wad.v1.MessageProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("MessageService");
    }
  }

  private static final class MessageServiceFileDescriptorSupplier
      extends MessageServiceBaseDescriptorSupplier {
    MessageServiceFileDescriptorSupplier() {}
  }

  private static final class MessageServiceMethodDescriptorSupplier
      extends MessageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    MessageServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (MessageServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new MessageServiceFileDescriptorSupplier())
              .addMethod(getSendMessageMethod())
              .build();
        }
      }
    }
    return result;
  }
}
