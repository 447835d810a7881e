package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Sends messages through sessions, and hands out what others send to them.
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

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ReceiveMessagesRequest,
      dev.wad.v1.ReceiveMessagesResponse> getReceiveMessagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReceiveMessages",
      requestType = dev.wad.v1.ReceiveMessagesRequest.class,
      responseType = dev.wad.v1.ReceiveMessagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ReceiveMessagesRequest,
      dev.wad.v1.ReceiveMessagesResponse> getReceiveMessagesMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ReceiveMessagesRequest, dev.wad.v1.ReceiveMessagesResponse> getReceiveMessagesMethod;
    if ((getReceiveMessagesMethod = MessageServiceGrpc.getReceiveMessagesMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getReceiveMessagesMethod = MessageServiceGrpc.getReceiveMessagesMethod) == null) {
          MessageServiceGrpc.getReceiveMessagesMethod = getReceiveMessagesMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ReceiveMessagesRequest, dev.wad.v1.ReceiveMessagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReceiveMessages"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReceiveMessagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ReceiveMessagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("ReceiveMessages"))
              .build();
        }
      }
    }
    return getReceiveMessagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetMessageRequest,
      dev.wad.v1.GetMessageResponse> getGetMessageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetMessage",
      requestType = dev.wad.v1.GetMessageRequest.class,
      responseType = dev.wad.v1.GetMessageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetMessageRequest,
      dev.wad.v1.GetMessageResponse> getGetMessageMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetMessageRequest, dev.wad.v1.GetMessageResponse> getGetMessageMethod;
    if ((getGetMessageMethod = MessageServiceGrpc.getGetMessageMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getGetMessageMethod = MessageServiceGrpc.getGetMessageMethod) == null) {
          MessageServiceGrpc.getGetMessageMethod = getGetMessageMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetMessageRequest, dev.wad.v1.GetMessageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetMessage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetMessageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetMessageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("GetMessage"))
              .build();
        }
      }
    }
    return getGetMessageMethod;
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
   * Sends messages through sessions, and hands out what others send to them.
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

    /**
     * <pre>
     * Hands out what others have sent to sessions, each message at least once: until the caller acknowledges it, it comes
     * again with the next call, also after a restart of the daemon. An acknowledged message is forgotten.
     * The first request says which sessions, every further one acknowledges. The stream begins with the messages that are
     * kept, the oldest first; messages of one session come in the order in which the daemon was told of them. When
     * `max_unacknowledged` messages wait for their acknowledgement, no more come until some are acknowledged. Calls of
     * several callers for one session are each handed all of its messages, and an acknowledgement by one is one for all.
     * When the caller ends its requests, what it has acknowledged is forgotten, and the call ends.
     * What has become of messages that a session has sent (`receipt`) comes too while the call lasts, and is not
     * acknowledged: GetMessage tells it later.
     * A message is kept for `messages.retention` of the daemon's configuration, and the newest `messages.max_kept` of each
     * session. It can be lost when its worker process is killed, or the host goes down, in the moment before the daemon
     * has stored it. When a session's credentials are deleted, its messages are, too.
     * Errors: INVALID_ARGUMENT; FAILED_PRECONDITION / MESSAGES_NOT_KEPT with a retention of 0; UNAVAILABLE /
     * STORAGE_ERROR when messages cannot be read or forgotten; UNAVAILABLE / DRAINING when the daemon goes down: call
     * again. UNAUTHENTICATED / TOKEN_REVOKED or TOKEN_EXPIRED when the caller's token ended meanwhile.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.wad.v1.ReceiveMessagesRequest> receiveMessages(
        io.grpc.stub.StreamObserver<dev.wad.v1.ReceiveMessagesResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getReceiveMessagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tells what is known of one message: of one that was received while it is kept and not acknowledged, of one that was
     * sent for `messages.retention`, with what the receipts say of it. The text of what was sent is not
     * kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / MESSAGE_NOT_FOUND; FAILED_PRECONDITION / MESSAGES_NOT_KEPT; UNAVAILABLE /
     * STORAGE_ERROR.
     * </pre>
     */
    default void getMessage(dev.wad.v1.GetMessageRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetMessageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetMessageMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service MessageService.
   * <pre>
   * Sends messages through sessions, and hands out what others send to them.
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
   * Sends messages through sessions, and hands out what others send to them.
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

    /**
     * <pre>
     * Hands out what others have sent to sessions, each message at least once: until the caller acknowledges it, it comes
     * again with the next call, also after a restart of the daemon. An acknowledged message is forgotten.
     * The first request says which sessions, every further one acknowledges. The stream begins with the messages that are
     * kept, the oldest first; messages of one session come in the order in which the daemon was told of them. When
     * `max_unacknowledged` messages wait for their acknowledgement, no more come until some are acknowledged. Calls of
     * several callers for one session are each handed all of its messages, and an acknowledgement by one is one for all.
     * When the caller ends its requests, what it has acknowledged is forgotten, and the call ends.
     * What has become of messages that a session has sent (`receipt`) comes too while the call lasts, and is not
     * acknowledged: GetMessage tells it later.
     * A message is kept for `messages.retention` of the daemon's configuration, and the newest `messages.max_kept` of each
     * session. It can be lost when its worker process is killed, or the host goes down, in the moment before the daemon
     * has stored it. When a session's credentials are deleted, its messages are, too.
     * Errors: INVALID_ARGUMENT; FAILED_PRECONDITION / MESSAGES_NOT_KEPT with a retention of 0; UNAVAILABLE /
     * STORAGE_ERROR when messages cannot be read or forgotten; UNAVAILABLE / DRAINING when the daemon goes down: call
     * again. UNAUTHENTICATED / TOKEN_REVOKED or TOKEN_EXPIRED when the caller's token ended meanwhile.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.wad.v1.ReceiveMessagesRequest> receiveMessages(
        io.grpc.stub.StreamObserver<dev.wad.v1.ReceiveMessagesResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getReceiveMessagesMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Tells what is known of one message: of one that was received while it is kept and not acknowledged, of one that was
     * sent for `messages.retention`, with what the receipts say of it. The text of what was sent is not
     * kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / MESSAGE_NOT_FOUND; FAILED_PRECONDITION / MESSAGES_NOT_KEPT; UNAVAILABLE /
     * STORAGE_ERROR.
     * </pre>
     */
    public void getMessage(dev.wad.v1.GetMessageRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetMessageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetMessageMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions, and hands out what others send to them.
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

    /**
     * <pre>
     * Hands out what others have sent to sessions, each message at least once: until the caller acknowledges it, it comes
     * again with the next call, also after a restart of the daemon. An acknowledged message is forgotten.
     * The first request says which sessions, every further one acknowledges. The stream begins with the messages that are
     * kept, the oldest first; messages of one session come in the order in which the daemon was told of them. When
     * `max_unacknowledged` messages wait for their acknowledgement, no more come until some are acknowledged. Calls of
     * several callers for one session are each handed all of its messages, and an acknowledgement by one is one for all.
     * When the caller ends its requests, what it has acknowledged is forgotten, and the call ends.
     * What has become of messages that a session has sent (`receipt`) comes too while the call lasts, and is not
     * acknowledged: GetMessage tells it later.
     * A message is kept for `messages.retention` of the daemon's configuration, and the newest `messages.max_kept` of each
     * session. It can be lost when its worker process is killed, or the host goes down, in the moment before the daemon
     * has stored it. When a session's credentials are deleted, its messages are, too.
     * Errors: INVALID_ARGUMENT; FAILED_PRECONDITION / MESSAGES_NOT_KEPT with a retention of 0; UNAVAILABLE /
     * STORAGE_ERROR when messages cannot be read or forgotten; UNAVAILABLE / DRAINING when the daemon goes down: call
     * again. UNAUTHENTICATED / TOKEN_REVOKED or TOKEN_EXPIRED when the caller's token ended meanwhile.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.wad.v1.ReceiveMessagesRequest, dev.wad.v1.ReceiveMessagesResponse>
        receiveMessages() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getReceiveMessagesMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Tells what is known of one message: of one that was received while it is kept and not acknowledged, of one that was
     * sent for `messages.retention`, with what the receipts say of it. The text of what was sent is not
     * kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / MESSAGE_NOT_FOUND; FAILED_PRECONDITION / MESSAGES_NOT_KEPT; UNAVAILABLE /
     * STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.GetMessageResponse getMessage(dev.wad.v1.GetMessageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetMessageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions, and hands out what others send to them.
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

    /**
     * <pre>
     * Tells what is known of one message: of one that was received while it is kept and not acknowledged, of one that was
     * sent for `messages.retention`, with what the receipts say of it. The text of what was sent is not
     * kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / MESSAGE_NOT_FOUND; FAILED_PRECONDITION / MESSAGES_NOT_KEPT; UNAVAILABLE /
     * STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.GetMessageResponse getMessage(dev.wad.v1.GetMessageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetMessageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service MessageService.
   * <pre>
   * Sends messages through sessions, and hands out what others send to them.
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

    /**
     * <pre>
     * Tells what is known of one message: of one that was received while it is kept and not acknowledged, of one that was
     * sent for `messages.retention`, with what the receipts say of it. The text of what was sent is not
     * kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / MESSAGE_NOT_FOUND; FAILED_PRECONDITION / MESSAGES_NOT_KEPT; UNAVAILABLE /
     * STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetMessageResponse> getMessage(
        dev.wad.v1.GetMessageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetMessageMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SEND_MESSAGE = 0;
  private static final int METHODID_GET_MESSAGE = 1;
  private static final int METHODID_RECEIVE_MESSAGES = 2;

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
        case METHODID_GET_MESSAGE:
          serviceImpl.getMessage((dev.wad.v1.GetMessageRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetMessageResponse>) responseObserver);
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
        case METHODID_RECEIVE_MESSAGES:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.receiveMessages(
              (io.grpc.stub.StreamObserver<dev.wad.v1.ReceiveMessagesResponse>) responseObserver);
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
        .addMethod(
          getReceiveMessagesMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              dev.wad.v1.ReceiveMessagesRequest,
              dev.wad.v1.ReceiveMessagesResponse>(
                service, METHODID_RECEIVE_MESSAGES)))
        .addMethod(
          getGetMessageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetMessageRequest,
              dev.wad.v1.GetMessageResponse>(
                service, METHODID_GET_MESSAGE)))
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
              .addMethod(getReceiveMessagesMethod())
              .addMethod(getGetMessageMethod())
              .build();
        }
      }
    }
    return result;
  }
}
