package dev.wad.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Links many devices to one phone, side by side, and keeps them.
 * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
 * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
 * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
 * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
 * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
 * fail with UNAVAILABLE / DRAINING while the daemon goes down.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class DeviceServiceGrpc {

  private DeviceServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "wad.v1.DeviceService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.CreateDeviceRequest,
      dev.wad.v1.CreateDeviceResponse> getCreateDeviceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateDevice",
      requestType = dev.wad.v1.CreateDeviceRequest.class,
      responseType = dev.wad.v1.CreateDeviceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.CreateDeviceRequest,
      dev.wad.v1.CreateDeviceResponse> getCreateDeviceMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.CreateDeviceRequest, dev.wad.v1.CreateDeviceResponse> getCreateDeviceMethod;
    if ((getCreateDeviceMethod = DeviceServiceGrpc.getCreateDeviceMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getCreateDeviceMethod = DeviceServiceGrpc.getCreateDeviceMethod) == null) {
          DeviceServiceGrpc.getCreateDeviceMethod = getCreateDeviceMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.CreateDeviceRequest, dev.wad.v1.CreateDeviceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateDevice"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateDeviceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.CreateDeviceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("CreateDevice"))
              .build();
        }
      }
    }
    return getCreateDeviceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.LinkDeviceRequest,
      dev.wad.v1.LinkDeviceResponse> getLinkDeviceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LinkDevice",
      requestType = dev.wad.v1.LinkDeviceRequest.class,
      responseType = dev.wad.v1.LinkDeviceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.wad.v1.LinkDeviceRequest,
      dev.wad.v1.LinkDeviceResponse> getLinkDeviceMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.LinkDeviceRequest, dev.wad.v1.LinkDeviceResponse> getLinkDeviceMethod;
    if ((getLinkDeviceMethod = DeviceServiceGrpc.getLinkDeviceMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getLinkDeviceMethod = DeviceServiceGrpc.getLinkDeviceMethod) == null) {
          DeviceServiceGrpc.getLinkDeviceMethod = getLinkDeviceMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.LinkDeviceRequest, dev.wad.v1.LinkDeviceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LinkDevice"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.LinkDeviceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.LinkDeviceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("LinkDevice"))
              .build();
        }
      }
    }
    return getLinkDeviceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.GetDeviceRequest,
      dev.wad.v1.GetDeviceResponse> getGetDeviceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetDevice",
      requestType = dev.wad.v1.GetDeviceRequest.class,
      responseType = dev.wad.v1.GetDeviceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.GetDeviceRequest,
      dev.wad.v1.GetDeviceResponse> getGetDeviceMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.GetDeviceRequest, dev.wad.v1.GetDeviceResponse> getGetDeviceMethod;
    if ((getGetDeviceMethod = DeviceServiceGrpc.getGetDeviceMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getGetDeviceMethod = DeviceServiceGrpc.getGetDeviceMethod) == null) {
          DeviceServiceGrpc.getGetDeviceMethod = getGetDeviceMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.GetDeviceRequest, dev.wad.v1.GetDeviceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetDevice"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetDeviceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.GetDeviceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("GetDevice"))
              .build();
        }
      }
    }
    return getGetDeviceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.ListDevicesRequest,
      dev.wad.v1.ListDevicesResponse> getListDevicesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDevices",
      requestType = dev.wad.v1.ListDevicesRequest.class,
      responseType = dev.wad.v1.ListDevicesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.ListDevicesRequest,
      dev.wad.v1.ListDevicesResponse> getListDevicesMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.ListDevicesRequest, dev.wad.v1.ListDevicesResponse> getListDevicesMethod;
    if ((getListDevicesMethod = DeviceServiceGrpc.getListDevicesMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getListDevicesMethod = DeviceServiceGrpc.getListDevicesMethod) == null) {
          DeviceServiceGrpc.getListDevicesMethod = getListDevicesMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.ListDevicesRequest, dev.wad.v1.ListDevicesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDevices"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListDevicesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.ListDevicesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("ListDevices"))
              .build();
        }
      }
    }
    return getListDevicesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.HeartbeatDeviceRequest,
      dev.wad.v1.HeartbeatDeviceResponse> getHeartbeatDeviceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "HeartbeatDevice",
      requestType = dev.wad.v1.HeartbeatDeviceRequest.class,
      responseType = dev.wad.v1.HeartbeatDeviceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.HeartbeatDeviceRequest,
      dev.wad.v1.HeartbeatDeviceResponse> getHeartbeatDeviceMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.HeartbeatDeviceRequest, dev.wad.v1.HeartbeatDeviceResponse> getHeartbeatDeviceMethod;
    if ((getHeartbeatDeviceMethod = DeviceServiceGrpc.getHeartbeatDeviceMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getHeartbeatDeviceMethod = DeviceServiceGrpc.getHeartbeatDeviceMethod) == null) {
          DeviceServiceGrpc.getHeartbeatDeviceMethod = getHeartbeatDeviceMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.HeartbeatDeviceRequest, dev.wad.v1.HeartbeatDeviceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "HeartbeatDevice"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.HeartbeatDeviceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.HeartbeatDeviceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("HeartbeatDevice"))
              .build();
        }
      }
    }
    return getHeartbeatDeviceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.wad.v1.RemoveDeviceRequest,
      dev.wad.v1.RemoveDeviceResponse> getRemoveDeviceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveDevice",
      requestType = dev.wad.v1.RemoveDeviceRequest.class,
      responseType = dev.wad.v1.RemoveDeviceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.wad.v1.RemoveDeviceRequest,
      dev.wad.v1.RemoveDeviceResponse> getRemoveDeviceMethod() {
    io.grpc.MethodDescriptor<dev.wad.v1.RemoveDeviceRequest, dev.wad.v1.RemoveDeviceResponse> getRemoveDeviceMethod;
    if ((getRemoveDeviceMethod = DeviceServiceGrpc.getRemoveDeviceMethod) == null) {
      synchronized (DeviceServiceGrpc.class) {
        if ((getRemoveDeviceMethod = DeviceServiceGrpc.getRemoveDeviceMethod) == null) {
          DeviceServiceGrpc.getRemoveDeviceMethod = getRemoveDeviceMethod =
              io.grpc.MethodDescriptor.<dev.wad.v1.RemoveDeviceRequest, dev.wad.v1.RemoveDeviceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveDevice"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RemoveDeviceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.wad.v1.RemoveDeviceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DeviceServiceMethodDescriptorSupplier("RemoveDevice"))
              .build();
        }
      }
    }
    return getRemoveDeviceMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static DeviceServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeviceServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeviceServiceStub>() {
        @java.lang.Override
        public DeviceServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeviceServiceStub(channel, callOptions);
        }
      };
    return DeviceServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static DeviceServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeviceServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeviceServiceBlockingV2Stub>() {
        @java.lang.Override
        public DeviceServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeviceServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return DeviceServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static DeviceServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeviceServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeviceServiceBlockingStub>() {
        @java.lang.Override
        public DeviceServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeviceServiceBlockingStub(channel, callOptions);
        }
      };
    return DeviceServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static DeviceServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DeviceServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DeviceServiceFutureStub>() {
        @java.lang.Override
        public DeviceServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DeviceServiceFutureStub(channel, callOptions);
        }
      };
    return DeviceServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a device live, and is idempotent by phone number and device id: a live one is joined, one with stored
     * credentials is reconnected with them, any other shows a QR to link it. Concurrent calls for one device do the work
     * once.
     * When another phone links it than the one that was declared, the device is unlinked at WhatsApp as soon as it is
     * connected, and removed as `logout` with the last error PHONE_MISMATCH.
     * The call's deadline bounds the wait only: the device lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED, RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED;
     * FAILED_PRECONDITION / WRONG_KIND when a plain session has the id `&lt;phone_number&gt;_&lt;device_id&gt;`; UNAVAILABLE /
     * CREATE_FAILED when it reached neither a QR nor a connection, in which case everything begun has been undone;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    default void createDevice(dev.wad.v1.CreateDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateDeviceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateDeviceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes a device live as CreateDevice does and follows it until it is connected or over. The first response is the
     * device as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the device as it is.
     * Errors: as of CreateDevice; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly; UNAVAILABLE /
     * PAIRING_CODE_REFUSED when a pairing code was asked for and WhatsApp gives none.
     * </pre>
     */
    default void linkDevice(dev.wad.v1.LinkDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.LinkDeviceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLinkDeviceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one device, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND when that is a plain session.
     * </pre>
     */
    default void getDevice(dev.wad.v1.GetDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetDeviceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetDeviceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the devices of one phone, or of all phones, ordered by device session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    default void listDevices(dev.wad.v1.ListDevicesRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListDevicesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDevicesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Notes that whoever uses the device knows it to be alive, as an answered heartbeat does: its failed heartbeats are
     * forgotten. It is no activity: the idle time goes on. Before the first connection it is refused with
     * SESSION_NOT_CONNECTED.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; FAILED_PRECONDITION /
     * SESSION_NOT_CONNECTED when it is not in service.
     * </pre>
     */
    default void heartbeatDevice(dev.wad.v1.HeartbeatDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.HeartbeatDeviceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHeartbeatDeviceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a device out of service, and leaves the other devices of its phone alone. For the reasons `manual` and
     * `logout` it is also unlinked at WhatsApp as far as that can be reached, and its credentials are deleted; `stuck`
     * keeps paired credentials, so that a later create reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; UNAVAILABLE /
     * STORAGE_ERROR when the files could not be deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    default void removeDevice(dev.wad.v1.RemoveDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RemoveDeviceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveDeviceMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service DeviceService.
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static abstract class DeviceServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return DeviceServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service DeviceService.
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class DeviceServiceStub
      extends io.grpc.stub.AbstractAsyncStub<DeviceServiceStub> {
    private DeviceServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeviceServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeviceServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a device live, and is idempotent by phone number and device id: a live one is joined, one with stored
     * credentials is reconnected with them, any other shows a QR to link it. Concurrent calls for one device do the work
     * once.
     * When another phone links it than the one that was declared, the device is unlinked at WhatsApp as soon as it is
     * connected, and removed as `logout` with the last error PHONE_MISMATCH.
     * The call's deadline bounds the wait only: the device lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED, RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED;
     * FAILED_PRECONDITION / WRONG_KIND when a plain session has the id `&lt;phone_number&gt;_&lt;device_id&gt;`; UNAVAILABLE /
     * CREATE_FAILED when it reached neither a QR nor a connection, in which case everything begun has been undone;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public void createDevice(dev.wad.v1.CreateDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.CreateDeviceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateDeviceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes a device live as CreateDevice does and follows it until it is connected or over. The first response is the
     * device as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the device as it is.
     * Errors: as of CreateDevice; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly; UNAVAILABLE /
     * PAIRING_CODE_REFUSED when a pairing code was asked for and WhatsApp gives none.
     * </pre>
     */
    public void linkDevice(dev.wad.v1.LinkDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.LinkDeviceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getLinkDeviceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one device, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND when that is a plain session.
     * </pre>
     */
    public void getDevice(dev.wad.v1.GetDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.GetDeviceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetDeviceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the devices of one phone, or of all phones, ordered by device session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public void listDevices(dev.wad.v1.ListDevicesRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.ListDevicesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDevicesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Notes that whoever uses the device knows it to be alive, as an answered heartbeat does: its failed heartbeats are
     * forgotten. It is no activity: the idle time goes on. Before the first connection it is refused with
     * SESSION_NOT_CONNECTED.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; FAILED_PRECONDITION /
     * SESSION_NOT_CONNECTED when it is not in service.
     * </pre>
     */
    public void heartbeatDevice(dev.wad.v1.HeartbeatDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.HeartbeatDeviceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHeartbeatDeviceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a device out of service, and leaves the other devices of its phone alone. For the reasons `manual` and
     * `logout` it is also unlinked at WhatsApp as far as that can be reached, and its credentials are deleted; `stuck`
     * keeps paired credentials, so that a later create reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; UNAVAILABLE /
     * STORAGE_ERROR when the files could not be deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public void removeDevice(dev.wad.v1.RemoveDeviceRequest request,
        io.grpc.stub.StreamObserver<dev.wad.v1.RemoveDeviceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveDeviceMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service DeviceService.
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class DeviceServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<DeviceServiceBlockingV2Stub> {
    private DeviceServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeviceServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeviceServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a device live, and is idempotent by phone number and device id: a live one is joined, one with stored
     * credentials is reconnected with them, any other shows a QR to link it. Concurrent calls for one device do the work
     * once.
     * When another phone links it than the one that was declared, the device is unlinked at WhatsApp as soon as it is
     * connected, and removed as `logout` with the last error PHONE_MISMATCH.
     * The call's deadline bounds the wait only: the device lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED, RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED;
     * FAILED_PRECONDITION / WRONG_KIND when a plain session has the id `&lt;phone_number&gt;_&lt;device_id&gt;`; UNAVAILABLE /
     * CREATE_FAILED when it reached neither a QR nor a connection, in which case everything begun has been undone;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateDeviceResponse createDevice(dev.wad.v1.CreateDeviceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a device live as CreateDevice does and follows it until it is connected or over. The first response is the
     * device as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the device as it is.
     * Errors: as of CreateDevice; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly; UNAVAILABLE /
     * PAIRING_CODE_REFUSED when a pairing code was asked for and WhatsApp gives none.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.wad.v1.LinkDeviceResponse>
        linkDevice(dev.wad.v1.LinkDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getLinkDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one device, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND when that is a plain session.
     * </pre>
     */
    public dev.wad.v1.GetDeviceResponse getDevice(dev.wad.v1.GetDeviceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the devices of one phone, or of all phones, ordered by device session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListDevicesResponse listDevices(dev.wad.v1.ListDevicesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDevicesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Notes that whoever uses the device knows it to be alive, as an answered heartbeat does: its failed heartbeats are
     * forgotten. It is no activity: the idle time goes on. Before the first connection it is refused with
     * SESSION_NOT_CONNECTED.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; FAILED_PRECONDITION /
     * SESSION_NOT_CONNECTED when it is not in service.
     * </pre>
     */
    public dev.wad.v1.HeartbeatDeviceResponse heartbeatDevice(dev.wad.v1.HeartbeatDeviceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHeartbeatDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a device out of service, and leaves the other devices of its phone alone. For the reasons `manual` and
     * `logout` it is also unlinked at WhatsApp as far as that can be reached, and its credentials are deleted; `stuck`
     * keeps paired credentials, so that a later create reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; UNAVAILABLE /
     * STORAGE_ERROR when the files could not be deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.RemoveDeviceResponse removeDevice(dev.wad.v1.RemoveDeviceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveDeviceMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service DeviceService.
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class DeviceServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<DeviceServiceBlockingStub> {
    private DeviceServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeviceServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeviceServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a device live, and is idempotent by phone number and device id: a live one is joined, one with stored
     * credentials is reconnected with them, any other shows a QR to link it. Concurrent calls for one device do the work
     * once.
     * When another phone links it than the one that was declared, the device is unlinked at WhatsApp as soon as it is
     * connected, and removed as `logout` with the last error PHONE_MISMATCH.
     * The call's deadline bounds the wait only: the device lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED, RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED;
     * FAILED_PRECONDITION / WRONG_KIND when a plain session has the id `&lt;phone_number&gt;_&lt;device_id&gt;`; UNAVAILABLE /
     * CREATE_FAILED when it reached neither a QR nor a connection, in which case everything begun has been undone;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public dev.wad.v1.CreateDeviceResponse createDevice(dev.wad.v1.CreateDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a device live as CreateDevice does and follows it until it is connected or over. The first response is the
     * device as it is at that moment; the last one is `connected` or `removed`, and the stream then ends with OK.
     * Ending the call early leaves the device as it is.
     * Errors: as of CreateDevice; RESOURCE_EXHAUSTED / SLOW_CONSUMER when the caller reads too slowly; UNAVAILABLE /
     * PAIRING_CODE_REFUSED when a pairing code was asked for and WhatsApp gives none.
     * </pre>
     */
    public java.util.Iterator<dev.wad.v1.LinkDeviceResponse> linkDevice(
        dev.wad.v1.LinkDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getLinkDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one device, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND when that is a plain session.
     * </pre>
     */
    public dev.wad.v1.GetDeviceResponse getDevice(dev.wad.v1.GetDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the devices of one phone, or of all phones, ordered by device session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public dev.wad.v1.ListDevicesResponse listDevices(dev.wad.v1.ListDevicesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDevicesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Notes that whoever uses the device knows it to be alive, as an answered heartbeat does: its failed heartbeats are
     * forgotten. It is no activity: the idle time goes on. Before the first connection it is refused with
     * SESSION_NOT_CONNECTED.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; FAILED_PRECONDITION /
     * SESSION_NOT_CONNECTED when it is not in service.
     * </pre>
     */
    public dev.wad.v1.HeartbeatDeviceResponse heartbeatDevice(dev.wad.v1.HeartbeatDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHeartbeatDeviceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a device out of service, and leaves the other devices of its phone alone. For the reasons `manual` and
     * `logout` it is also unlinked at WhatsApp as far as that can be reached, and its credentials are deleted; `stuck`
     * keeps paired credentials, so that a later create reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; UNAVAILABLE /
     * STORAGE_ERROR when the files could not be deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public dev.wad.v1.RemoveDeviceResponse removeDevice(dev.wad.v1.RemoveDeviceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveDeviceMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service DeviceService.
   * <pre>
   * Links many devices to one phone, side by side, and keeps them.
   * A device is a session with a phone number that was declared for it: only that phone may link it, its limits are those
   * of devices, and heartbeats find out whether it still answers. What SessionService says of an existing session, such as
   * StopSession, ReconnectSession, TouchSession and InspectSession, holds for a device too, under its `device_session_id`;
   * only CreateSession and LinkSession refuse it. Devices and sessions share the places that the daemon has.
   * A request with a field or an enum number that the daemon does not know is refused with INVALID_ARGUMENT. Any call may
   * fail with UNAVAILABLE / DRAINING while the daemon goes down.
   * </pre>
   */
  public static final class DeviceServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<DeviceServiceFutureStub> {
    private DeviceServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DeviceServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DeviceServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a device live, and is idempotent by phone number and device id: a live one is joined, one with stored
     * credentials is reconnected with them, any other shows a QR to link it. Concurrent calls for one device do the work
     * once.
     * When another phone links it than the one that was declared, the device is unlinked at WhatsApp as soon as it is
     * connected, and removed as `logout` with the last error PHONE_MISMATCH.
     * The call's deadline bounds the wait only: the device lives on when the caller gives up.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED / DEVICE_LIMIT_REACHED, RESOURCE_EXHAUSTED / SESSION_LIMIT_REACHED;
     * FAILED_PRECONDITION / WRONG_KIND when a plain session has the id `&lt;phone_number&gt;_&lt;device_id&gt;`; UNAVAILABLE /
     * CREATE_FAILED when it reached neither a QR nor a connection, in which case everything begun has been undone;
     * UNAVAILABLE / STORAGE_ERROR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.CreateDeviceResponse> createDevice(
        dev.wad.v1.CreateDeviceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateDeviceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one device, live or kept.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND when that is a plain session.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.GetDeviceResponse> getDevice(
        dev.wad.v1.GetDeviceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetDeviceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the devices of one phone, or of all phones, ordered by device session id, page by page.
     * Errors: INVALID_ARGUMENT.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.ListDevicesResponse> listDevices(
        dev.wad.v1.ListDevicesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDevicesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Notes that whoever uses the device knows it to be alive, as an answered heartbeat does: its failed heartbeats are
     * forgotten. It is no activity: the idle time goes on. Before the first connection it is refused with
     * SESSION_NOT_CONNECTED.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; FAILED_PRECONDITION /
     * SESSION_NOT_CONNECTED when it is not in service.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.HeartbeatDeviceResponse> heartbeatDevice(
        dev.wad.v1.HeartbeatDeviceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHeartbeatDeviceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a device out of service, and leaves the other devices of its phone alone. For the reasons `manual` and
     * `logout` it is also unlinked at WhatsApp as far as that can be reached, and its credentials are deleted; `stuck`
     * keeps paired credentials, so that a later create reconnects without a QR.
     * Errors: INVALID_ARGUMENT; NOT_FOUND / SESSION_NOT_FOUND; FAILED_PRECONDITION / WRONG_KIND; UNAVAILABLE /
     * STORAGE_ERROR when the files could not be deleted, in which case the removal is tried again by itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.wad.v1.RemoveDeviceResponse> removeDevice(
        dev.wad.v1.RemoveDeviceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveDeviceMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_DEVICE = 0;
  private static final int METHODID_LINK_DEVICE = 1;
  private static final int METHODID_GET_DEVICE = 2;
  private static final int METHODID_LIST_DEVICES = 3;
  private static final int METHODID_HEARTBEAT_DEVICE = 4;
  private static final int METHODID_REMOVE_DEVICE = 5;

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
        case METHODID_CREATE_DEVICE:
          serviceImpl.createDevice((dev.wad.v1.CreateDeviceRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.CreateDeviceResponse>) responseObserver);
          break;
        case METHODID_LINK_DEVICE:
          serviceImpl.linkDevice((dev.wad.v1.LinkDeviceRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.LinkDeviceResponse>) responseObserver);
          break;
        case METHODID_GET_DEVICE:
          serviceImpl.getDevice((dev.wad.v1.GetDeviceRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.GetDeviceResponse>) responseObserver);
          break;
        case METHODID_LIST_DEVICES:
          serviceImpl.listDevices((dev.wad.v1.ListDevicesRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.ListDevicesResponse>) responseObserver);
          break;
        case METHODID_HEARTBEAT_DEVICE:
          serviceImpl.heartbeatDevice((dev.wad.v1.HeartbeatDeviceRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.HeartbeatDeviceResponse>) responseObserver);
          break;
        case METHODID_REMOVE_DEVICE:
          serviceImpl.removeDevice((dev.wad.v1.RemoveDeviceRequest) request,
              (io.grpc.stub.StreamObserver<dev.wad.v1.RemoveDeviceResponse>) responseObserver);
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
          getCreateDeviceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.CreateDeviceRequest,
              dev.wad.v1.CreateDeviceResponse>(
                service, METHODID_CREATE_DEVICE)))
        .addMethod(
          getLinkDeviceMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.wad.v1.LinkDeviceRequest,
              dev.wad.v1.LinkDeviceResponse>(
                service, METHODID_LINK_DEVICE)))
        .addMethod(
          getGetDeviceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.GetDeviceRequest,
              dev.wad.v1.GetDeviceResponse>(
                service, METHODID_GET_DEVICE)))
        .addMethod(
          getListDevicesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.ListDevicesRequest,
              dev.wad.v1.ListDevicesResponse>(
                service, METHODID_LIST_DEVICES)))
        .addMethod(
          getHeartbeatDeviceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.HeartbeatDeviceRequest,
              dev.wad.v1.HeartbeatDeviceResponse>(
                service, METHODID_HEARTBEAT_DEVICE)))
        .addMethod(
          getRemoveDeviceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.wad.v1.RemoveDeviceRequest,
              dev.wad.v1.RemoveDeviceResponse>(
                service, METHODID_REMOVE_DEVICE)))
        .build();
  }

  private static abstract class DeviceServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    DeviceServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.wad.v1.DeviceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("DeviceService");
    }
  }

  private static final class DeviceServiceFileDescriptorSupplier
      extends DeviceServiceBaseDescriptorSupplier {
    DeviceServiceFileDescriptorSupplier() {}
  }

  private static final class DeviceServiceMethodDescriptorSupplier
      extends DeviceServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    DeviceServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (DeviceServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new DeviceServiceFileDescriptorSupplier())
              .addMethod(getCreateDeviceMethod())
              .addMethod(getLinkDeviceMethod())
              .addMethod(getGetDeviceMethod())
              .addMethod(getListDevicesMethod())
              .addMethod(getHeartbeatDeviceMethod())
              .addMethod(getRemoveDeviceMethod())
              .build();
        }
      }
    }
    return result;
  }
}
